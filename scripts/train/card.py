"""`card.md`: what the model is, was made from, and is worth, from the figures of one fit."""

SOURCES = {
    "banking77": ("Banking77, train split (Casanueva et al. 2020)", "CC BY 4.0"),
    "clinc150": (
        "CLINC150, train and validation, out-of-scope queries included (Larson et al. 2019)",
        "CC BY 3.0",
    ),
    "nlupp": ("NLU++ (Casanueva et al. 2022)", "CC BY 4.0"),
    "multidogo": ("MultiDoGO, train splits (Peskov et al. 2019)", "CDLA Permissive 1.0"),
}


def card(measured, settings):
    parts = (
        opening(measured),
        data(measured, settings),
        decisions(measured),
        outside(measured),
        intents(measured),
        others(measured),
        elsewhere(measured),
        limits(measured),
        retraining(),
    )
    return "\n\n".join(parts) + "\n"


def opening(measured):
    auto = measured["bands"]["auto"]
    return f"""# The default model

Reads a support conversation in English and says what it is about (29 intents), how the customer feels, how frustrated they are, and what each sentence does (9 acts). Baton routes by the sum over the intents that lead to one decision (tier and role).

- Encoder: all-MiniLM-L6-v2 (Apache-2.0), 8 bits. Its start marker was taught tones, its means were held to the published ones (`scripts/train/tune_encoder.py`). Heads: linear, fitted by `scripts/train/`.
- {percent(auto["share"])} of held-out conversations get a confidence of 0.90 or more; of those {share(auto["precision"])} are routed rightly.
- Written by `scripts/train/fit.py`; every figure below is in `figures.json`."""


def data(measured, settings):
    found = measured["data"]
    rows = [
        (
            "own conversations, written for Baton (`corpus/train`)",
            f"{found['own']} conversations",
            "as the repository",
            "intents, sentiment, frustration",
        ),
        (
            "own messages cut into sentences (`corpus/train/acts-*`)",
            f"{found['acts']} sentences",
            "as the repository",
            "acts",
        ),
    ]
    weight = f"intents, each row {settings['intents']['public_weight']:g} of an own one"
    rows += [
        (SOURCES[name][0], f"{count} rows", SOURCES[name][1], weight)
        for name, count in found["public"].items()
    ]
    weight = (
        f"sentiment, each row counts {settings['sentiment']['comment_weight']:g}; an own one "
        f"{settings['sentiment']['own_weight']:g}"
    )
    rows.append(
        (
            "GoEmotions, train split (Demszky et al. 2020)",
            f"{found['comments']} comments",
            "CC BY 4.0",
            weight,
        )
    )
    rows.append(
        (
            "GoEmotions, train split; MultiDoGO, train splits, without labels",
            "12600 comments, 4200 turns",
            "CC BY 4.0; CDLA Permissive 1.0",
            "encoder",
        )
    )
    return f"""## Data

{table(("from", "rows", "licence", "for"), rows)}

The public sets are mapped by the tables in `scripts/train/mapping/`; what fits no intent cleanly is left out. The pack contains no text of any of them.

Calibrated on {found["held_out"]} conversations of `corpus/held_out`, which fitted no head; they chose between settings that cross-validation could not tell apart (the penalty of the intents, the weights for sentiment)."""


def decisions(measured):
    error = measured["decision_ece"]
    rows = []
    for name, limits in (("auto", "≥ 0.90"), ("suggest", "0.70 to 0.90"), ("human", "< 0.70")):
        band = measured["bands"][name]
        left = band.get("after_bypass")
        rows.append(
            (
                name,
                limits,
                percent(band["share"]),
                share(band["precision"]),
                percent(left["share"]) if left else "",
                share(left["precision"]) if left else "",
            )
        )
    promised = measured["certified"]
    return f"""## Decisions

Held-out conversations, each judged by a calibration fitted on the others (ten folds): {measured["in_scope"]} in scope, and as many out of scope as make up {percent(measured["mixed"]["share_out_of_scope"])}, {measured["mixed"]["conversations"]} in all. Brackets: 95 % Clopper-Pearson intervals. An intent counts as right if the conversation's labels accept it (`intent` or `also_acceptable`). The rules of the policy that move a decision by what is said (a confirmed bug, an agent without access) are not applied here.

| | |
|---|---|
| right decision, in scope | {share(measured["decision_accuracy"])} |
| right intent, in scope | {share(measured["intent_accuracy"])} |
| mean confidence against share of right decisions | {measured["mean_confidence"]:.3f} against {measured["decision_accuracy_mixed"]:.3f} |
| calibration error of the decision (ECE, 15 bins of equal mass) | {error["ece"]:.3f}; a model with exactly right confidences shows {error["by_chance"]:.3f} on average at this size, and up to {error["by_chance_95"]:.3f} in 95 of 100 cases |
| threshold from which on 90 % are certified right (Learn then Test, risk 5 %) | {number(promised["auto_from"])} |
| threshold from which on 70 % are certified right, up to 0.90 | {number(promised["suggest_from"])} |

{table(("band", "confidence", "share", "right", "share left by the bypass rules", "right of those"), rows)}

Bypass rules: cancellation, legal and privacy, out of scope, and a wish for a person always go to a human (most probable, or at least 0.20)."""


def outside(measured):
    return f"""## Out of scope

{measured["out_of_scope"]} held-out conversations, from another company's customers to spam.

| | |
|---|---|
| AUROC of the probability of `out_of_scope` | {measured["out_of_scope_auroc"]:.3f} |
| AUROC of the novelty score alone | {measured["novelty_auroc"]:.3f} |
| recognised as `out_of_scope` | {share(measured["out_of_scope_found"])} |
| in the band `auto` all the same | {share(measured["out_of_scope_auto"])} |
| in scope but taken for `out_of_scope` | {share(measured["in_scope_called_out_of_scope"])} |"""


def intents(measured):
    rows = [
        (
            f"`{name}`",
            one["rows"],
            percent(one["intent"]),
            percent(one["decision"]),
            percent(one["precision"]),
        )
        for name, one in measured["recall"].items()
    ]
    confused = [(f"`{one['is']}`", f"`{one['called']}`", one["rows"]) for one in measured["confusions"]]
    return f"""## Intent by intent

{table(("intent", "rows", "intent right", "decision right", "right where it was named"), rows)}

Most frequent mistakes:

{table(("is", "was taken for", "rows"), confused)}"""


def others(measured):
    acts, mood, upset = measured["acts"], measured["sentiment"], measured["frustration"]
    return f"""## Sentiment, frustration, acts

| on held-out texts | |
|---|---|
| sentiment: accuracy, macro F1 | {mood["accuracy"]:.3f}, {mood["macro_f1"]:.3f} ({", ".join(f"{name} {value:.2f}" for name, value in mood["f1"].items())}) |
| frustration ({upset["frustrated"]} of {upset["rows"]}): AUROC, calibration error | {upset["auroc"]:.3f}, {upset["ece"]:.3f} |
| frustration from 0.5: found, right | {share(upset["from_0.5"]["recall"])}, {share(upset["from_0.5"]["precision"])} |
| frustration from 0.8: found, right | {share(upset["from_0.8"]["recall"])}, {share(upset["from_0.8"]["precision"])} |
| acts ({acts["sentences"]} sentences): accuracy, macro F1 | {share(acts["accuracy"])}, {acts["macro_f1"]:.3f} |

F1 of the acts: {", ".join(f"`{name}` {value:.2f}" for name, value in acts["f1"].items())}."""


def elsewhere(measured):
    rows = []
    if "development" in measured:
        one = measured["development"]
        rows.append(
            f"- {one['conversations']} development conversations: right decision {share(one['decision_accuracy'])}, right intent {share(one['intent_accuracy'])}; in the band `auto` {share(one['auto'])} right."
        )
    if "tweeteval" in measured:
        one = measured["tweeteval"]
        rows.append(
            f"- TweetEval sentiment, test split ({one['conversations']} tweets, measured only): macro recall {one['sentiment']['macro_recall']:.3f}, macro F1 {one['sentiment']['macro_f1']:.3f}."
        )
    return (
        "## Elsewhere\n\nOther texts, with the final calibration. Nothing was tuned to them.\n\n"
        + "\n".join(rows or ["Not measured."])
    )


def limits(measured):
    acts, mood, upset = measured["acts"], measured["sentiment"], measured["frustration"]
    return f"""## Limits

- English only. Other languages are told apart before the model and go to a human.
- The texts, held-out ones too, were written for this project; your customers write otherwise. Run in shadow first and trust the audit, not this card. All figures hold for the mix of intents of these texts: about as many of each.
- Sentiment (macro F1 {mood["macro_f1"]:.2f}) is a hint, not a measurement: people who label it disagree about where neutral ends. {percent(upset["from_0.5"]["recall"]["share"])} of the frustrated reach 0.5.
- Acts are right for {percent(acts["accuracy"]["share"])} of sentences. They weigh the sentences of a conversation; a rule that rests on the act of one sentence errs as often.
- {percent(measured["out_of_scope_auto"]["share"])} of what is out of scope comes with a confidence of 0.90 or more. What sounds like support but is for another company is the hardest.
- A company's own topics are none of the 29 intents: train on your labels with `baton train`.
- 8-bit arithmetic differs a little between processor families; `baton doctor` compares `golden.json`."""


def retraining():
    return """## How to make it again

`scripts/train/run DATA` makes the whole pack from the public sets and the corpus, in well under an hour on two cores; `scripts/train/README.md` says what `DATA` holds."""


def table(head, rows):
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def percent(value):
    return "" if value is None else f"{100 * value:.1f} %"


def share(one):
    if one is None or not one["of"]:
        return "none"
    return f"{percent(one['share'])} [{100 * one['low']:.1f}, {100 * one['high']:.1f}] ({one['right']} of {one['of']})"


def number(value):
    return "none" if value is None else f"{value:.3f}"
