"""The C library from Python: a day, every refusal, a restart, two threads. No package is needed.

    cargo build --release && python3 tests/test_ctypes.py target/release/libcaserank_c.so

With two more arguments: answers the requests of one file, line by line, into another.
"""

import ctypes
import json
import pathlib
import sys
import threading
import time

lib = ctypes.CDLL(sys.argv[1])
lib.caserank_open.restype = lib.caserank_restore.restype = ctypes.c_void_p
lib.caserank_call.restype = ctypes.c_void_p
opening = [ctypes.c_char_p, ctypes.c_char_p, ctypes.POINTER(ctypes.c_void_p)]
lib.caserank_open.argtypes = lib.caserank_restore.argtypes = opening
lib.caserank_call.argtypes = [ctypes.c_void_p, ctypes.c_char_p]
lib.caserank_free_text.argtypes = lib.caserank_close.argtypes = [ctypes.c_void_p]


def taken(pointer):
    text = ctypes.string_at(pointer).decode()
    lib.caserank_free_text(pointer)
    return json.loads(text)


class Queue:
    def __init__(self, model, now=None, saved=None):
        fault = ctypes.c_void_p()
        opened = lib.caserank_open if saved is None else lib.caserank_restore
        self.queue = opened(model, now if saved is None else saved, ctypes.byref(fault))
        if not self.queue:
            raise ValueError(taken(fault)["error"])

    def __call__(self, request):
        answer = taken(lib.caserank_call(self.queue, json.dumps(request).encode()))
        if "error" in answer:
            raise ValueError(answer["error"])
        return answer["ok"]

    def close(self):
        lib.caserank_close(self.queue)


def refused(call, *words):
    try:
        call()
    except ValueError as fault:
        assert all(word in str(fault) for word in words), fault
    else:
        raise AssertionError(f"not refused: {words}")


def complaint(number, **answers):
    return {"receive": {"id": f"c{number}", "received": "2026-04-17T08:00:00Z", "answers": answers}}


model = (pathlib.Path(__file__).parents[4] / "fixtures/models/toy.json").read_bytes()
queue = Queue(model, b"2026-04-17T08:00:00Z")
assert queue(complaint(1, prior_reports=5))["to"]["position"] == 1
queue(complaint(2))
moved = queue({"answer": {"id": "c2", "answers": {"urgent": "yes"}}})
assert (moved["from"]["position"], moved["to"]["position"]) == (2, 1)
assert queue(complaint(2, urgent="no"))["changes"][0]["kind"] == "kept"
decision = {"id": "d1", "complaint": "c1", "effect": {"raise": "very_high"}, "actor": "o-1",
            "role": "supervisor", "reason": "new_information", "made": "2026-04-17T09:00:00Z"}
queue({"decide": decision})
brought = queue({"advance": "2026-04-17T10:00:00Z"})
assert len(brought["began"]) == 1, brought
queue({"decide": decision})  # delivered twice, it counts once
assert queue({"assess": "c1"})["format_version"] == 1

refused(lambda: queue({"remove": "nobody"}), "nobody")
refused(lambda: queue({"receive": {"id": "x", "received": "yesterday"}}), "yesterday")
refused(lambda: queue({"what": 1}), "what")
refused(lambda: Queue(b"{}", b"2026-04-17"), "model")
refused(lambda: Queue(model, b"\xff"), "UTF-8")
refused(lambda: Queue(model, None), "null")
assert "null" in taken(lib.caserank_call(None, b"{}"))["error"]
assert "null" in taken(lib.caserank_call(queue.queue, None))["error"]

top, saved = queue({"top": 10}), queue("save").encode()
restored = Queue(model, saved=saved)
assert restored({"top": 10}) == top and restored("save").encode() == saved
refused(lambda: Queue(model, saved=saved[:-20]), "cut")
restored.close()

# Two threads at once lose nothing.
def send(numbers):
    for number in numbers:
        queue(complaint(number, prior_reports=number % 9))

began = time.perf_counter()
threads = [threading.Thread(target=send, args=(range(start, 4_003, 2),)) for start in (3, 4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
each = (time.perf_counter() - began) / 4_000
assert sum(one["count"] for one in queue("counts")) == 4_002
queue.close()

if len(sys.argv) > 3:
    day = Queue(model, b"2026-04-17T08:00:00Z")
    with open(sys.argv[2], encoding="utf-8") as requests, open(sys.argv[3], "w", encoding="utf-8") as out:
        for request in requests:
            pointer = lib.caserank_call(day.queue, request.encode())
            out.write(ctypes.string_at(pointer).decode() + "\n")
            lib.caserank_free_text(pointer)
    day.close()

print(f"C library: all passed; a complaint received in {each * 1e6:.0f} µs, JSON and Python included")
