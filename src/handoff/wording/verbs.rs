//! Past forms of verbs: by their ending, or among the irregular ones.

/// True for a past form or participle of a verb that tells what somebody did.
///
/// Verbs of what happens to people and of what they feel, think or say are none.
pub(in super::super) fn is_deed(word: &str) -> bool {
    let word = word.to_ascii_lowercase();
    is_past(&word) && !NO_DEEDS.contains(&word.as_str())
}

/// True for a deed that the answering side may tell of; what it only notes or hands over is none.
pub(in super::super) fn is_answerer_deed(word: &str) -> bool {
    const NOTES: [&str; 12] = [
        "apologised",
        "apologized",
        "attached",
        "included",
        "linked",
        "listed",
        "noted",
        "read",
        "recommended",
        "suggested",
        "advised",
        "shared",
    ];
    const OWN: [&str; 3] = ["looked", "moved", "started"];
    let small = word.to_ascii_lowercase();
    (is_deed(&small) || OWN.contains(&small.as_str())) && !NOTES.contains(&small.as_str())
}

/// True for an "-ing" that changes something, unlike a look, a thought or a call.
pub(in super::super) fn is_deed_in_progress(word: &str) -> bool {
    const OTHERS: [&str; 28] = [
        "asking",
        "assuming",
        "calling",
        "checking",
        "connecting",
        "expecting",
        "getting",
        "giving",
        "going",
        "handing",
        "having",
        "hoping",
        "looking",
        "making",
        "missing",
        "passing",
        "putting",
        "reading",
        "receiving",
        "seeing",
        "taking",
        "thinking",
        "transferring",
        "trying",
        "waiting",
        "wondering",
        "working",
        "writing",
    ];
    !OTHERS.contains(&word.to_ascii_lowercase().as_str())
}

/// Words that open a sentence and are no order.
#[rustfmt::skip]
const NO_ORDERS: &[&str] = &[
    "a", "about", "after", "all", "also", "although", "and", "any", "are", "around", "as", "at",
    "because", "been", "before", "behind", "below", "both", "but", "by", "can", "could", "did",
    "do", "does", "during", "each", "even", "every", "except", "for", "from", "glad", "got", "had",
    "half", "has", "have", "here", "hope", "how", "if", "in", "inside", "into", "is", "it", "just",
    "like", "love", "many", "may", "more", "most", "no", "not", "now", "of", "off", "on", "once",
    "only", "or", "outside", "over", "per", "quite", "see", "since", "so", "some", "sorry", "such",
    "than", "thank", "that", "then", "there", "these", "this", "those", "through", "to", "under",
    "until", "was", "were", "what", "when", "where", "which", "while", "who", "why", "will", "with",
    "without", "would", "should", "might", "must", "shall", "appreciate", "enjoy",
];

/// True if the first word of "word the thing" is a verb in its base form.
pub(in super::super) fn is_order(word: &str) -> bool {
    let small = word.to_ascii_lowercase();
    let inflected = ["ed", "ing", "ly", "s"].iter().any(|end| small.ends_with(end));
    let is_base = !inflected || ["press", "pass", "access", "bypass"].contains(&small.as_str());
    is_base && !NO_ORDERS.contains(&small.as_str()) && !is_past(&small) || BASES.contains(&&*small)
}

/// Bases that look like past forms.
const BASES: &[&str] = &["cut", "feed", "let", "put", "read", "run", "set", "shut", "split"];

fn is_past(word: &str) -> bool {
    let stem = ["re-", "re", "un", "over", "with"].into_iter().find_map(|head| {
        let rest = word.strip_prefix(head)?;
        IRREGULAR.contains(&rest).then_some(rest)
    });
    let regular = word.len() > 4 && word.ends_with("ed") && !word.ends_with("eed");
    regular || stem.is_some() || IRREGULAR.contains(&word)
}

/// Irregular past forms and participles of verbs of doing.
const IRREGULAR: &[&str] = &[
    "bent", "bound", "bought", "brought", "built", "burned", "burnt", "chose", "chosen", "cut",
    "dealt", "did", "done", "drawn", "drew", "dug", "fed", "froze", "frozen", "gave", "given",
    "held", "hid", "hidden", "hung", "kept", "laid", "led", "left", "lent", "made", "met", "paid",
    "put", "ran", "rang", "read", "rung", "rode", "rolled", "set", "sent", "shook", "shown",
    "shut", "split", "spun", "stuck", "swept", "swung", "taken", "threw", "thrown", "took", "tore",
    "torn", "undid", "undone", "unwound", "wiped", "wound", "wrote", "written",
];

/// Past forms that report no deed: events, feelings, thoughts, words and the course of business.
const NO_DEEDS: &[&str] = &[
    "agreed",
    "annoyed",
    "answered",
    "appeared",
    "arrived",
    "asked",
    "assumed",
    "based",
    "believed",
    "belonged",
    "billed",
    "bored",
    "bought",
    "bounced",
    "cared",
    "charged",
    "claimed",
    "complained",
    "concerned",
    "confused",
    "convinced",
    "crashed",
    "decided",
    "declined",
    "delayed",
    "delighted",
    "delivered",
    "denied",
    "described",
    "disappeared",
    "disappointed",
    "displayed",
    "dropped",
    "ended",
    "enjoyed",
    "excited",
    "existed",
    "expected",
    "expired",
    "explained",
    "failed",
    "figured",
    "frustrated",
    "given",
    "happened",
    "hated",
    "helped",
    "hoped",
    "ignored",
    "intended",
    "interested",
    "joined",
    "kept",
    "lasted",
    "learned",
    "left",
    "liked",
    "lived",
    "loaded",
    "locked",
    "looked",
    "loved",
    "managed",
    "married",
    "meant",
    "mentioned",
    "met",
    "missed",
    "moved",
    "named",
    "needed",
    "noticed",
    "occurred",
    "offered",
    "ordered",
    "owned",
    "pleased",
    "planned",
    "preferred",
    "promised",
    "realised",
    "realized",
    "reached",
    "received",
    "refused",
    "rejected",
    "related",
    "remained",
    "remembered",
    "requested",
    "resigned",
    "retired",
    "rolled",
    "satisfied",
    "scared",
    "seemed",
    "shocked",
    "showed",
    "shown",
    "signed",
    "started",
    "stated",
    "stayed",
    "stopped",
    "stuck",
    "subscribed",
    "supposed",
    "surprised",
    "thanked",
    "timed",
    "tired",
    "travelled",
    "trusted",
    "turned",
    "understood",
    "used",
    "vanished",
    "waited",
    "wanted",
    "wished",
    "wondered",
    "worked",
    "worried",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn past_forms_of_doing_are_deeds_and_others_are_not() {
        for word in ["restarted", "Rebuilt", "re-sent", "made", "rotated", "undid", "typed"] {
            assert!(is_deed(word), "{word}");
        }
        for word in ["need", "feed", "wanted", "noticed", "restart", "the", "failed", "red"] {
            assert!(!is_deed(word), "{word}");
        }
    }
}
