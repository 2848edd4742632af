/* caserank as a C library: JSON in, JSON out. All texts are UTF-8 and end in a zero byte.
 *
 * Requests and answers are described in docs/examples/README.md, the JSON in them in docs/formats/.
 * Every text that is given back is yours: free it with caserank_free_text.
 * Calls on one queue may come from several threads; closing it must be the last. */
#ifndef CASERANK_H
#define CASERANK_H

#ifdef __cplusplus
extern "C" {
#endif

typedef struct caserank caserank;

/* An empty queue under the model whose file holds `model`, at the time `now` (2026-04-17T08:00:00Z).
 * NULL where it is refused; `*fault`, if `fault` is not NULL, is then {"error": "..."}. */
caserank *caserank_open(const char *model, const char *now, char **fault);

/* The queue that the request "save" gave back: whole, or NULL with the fault. */
caserank *caserank_restore(const char *model, const char *saved, char **fault);

/* One request, one answer: {"ok": ...} or {"error": "..."}. Never NULL. A refused request changes nothing. */
char *caserank_call(const caserank *queue, const char *request);

void caserank_free_text(char *text);
void caserank_close(caserank *queue);

#ifdef __cplusplus
}
#endif

#endif
