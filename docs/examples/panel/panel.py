"""A panel in another language, made from JSON alone: an assessment and a file of texts by key.

    python3 panel.py fr.json < assessment.json

Every text of an assessment has a key: ids of items, answers and gates, words of bands and lanes.
A key without a translation is shown in the model's own words, in brackets, and named on stderr; the
exit code is then 3. Nothing is ever left out for want of a translation.
"""

import json
import sys


class Texts:
    def __init__(self, texts):
        self.texts, self.missing = texts, []

    def __call__(self, *keys, otherwise):
        found = self.texts
        for key in keys:
            found = found.get(key) if isinstance(found, dict) else None
        if isinstance(found, str):
            return found
        self.missing.append("/".join(keys))
        return f"[{otherwise}]"

    def say(self, key, **parts):
        text = self("sentences", key, otherwise="")
        if text != "[]":
            return text.format(**parts)
        return f"[{key}: {', '.join(str(part) for part in parts.values())}]"


def panel(texts, told):
    questions = {one["item"]: one["question"] for one in told["answers"] + told["open"]}

    def band(standing):
        return texts("bands", standing["band"], otherwise=standing["band"])

    def question(item):
        return texts("items", item, "question", otherwise=questions.get(item, item))

    def answered(one):
        label = texts("items", one["item"], "answers", one["answer"], otherwise=one["label"])
        return {"question": question(one["item"]), "label": label}

    def gate(id):
        title = next((one["title"] for one in told["gates"] if one["gate"] == id), id)
        return texts("gates", id, otherwise=title)

    standing, model = told["standing"], told["model"]
    heading = texts.say("heading", id=told["complaint"]["id"], band=band(standing))
    yield heading + (", " + texts.say("must") if standing["lane"] == "must" else "")
    if "position" in told:
        index = (standing["priority_billionths"] + 500_000) // 1_000_000
        yield texts.say("position", position=told["position"], positions=told["positions"], index=index)
    by = told["set_by"]
    model_band = texts("bands", told["model_band"], otherwise=told["model_band"])
    yield texts.say("set_by." + by["by"], gate=gate(by["gate"]) if "gate" in by else "", band=model_band)
    for one in told.get("not_understood", []):
        yield texts.say("not_understood", item=question(one["item"]), text=one["text"])
    if not told["studied"]:
        yield texts.say("unstudied")
    yield texts.say("deconfliction." + told["complaint"]["deconfliction"])
    for title, lines in [
        ("reasons", [
            texts.say("reason", points=f"{one['change_billionths'] / 1e6:+.0f}", **answered(one))
            for one in told["reasons"]
        ]),
        ("known", [texts.say("answer", **answered(one)) for one in told["answers"]]),
        ("open", [question(one["item"]) for one in told["open"]]),
        ("ask", [question(one["item"]) for one in told["next_questions"]]),
        ("gates", [gate(one["gate"]) for one in told["gates"]]),
    ]:
        if lines:
            yield texts.say(title)
            yield from (f"  {line}" for line in lines)
    yield texts.say("limit", model=model["id"], version=model["version"], fingerprint=model["fingerprint"][:12])


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        texts = Texts(json.load(file))
    told = json.load(sys.stdin)
    if told["format_version"] != 1:
        sys.exit(f"assessment format {told['format_version']} is not read here")
    print("\n".join(panel(texts, told)))
    if texts.missing:
        print("without a translation:", ", ".join(sorted(set(texts.missing))), file=sys.stderr)
        sys.exit(3)


if __name__ == "__main__":
    main()
