//! The rows of the table for what has a name: references, files, settings.

use crate::domain::EvidenceKind as K;

use super::{
    fits::{
        always, is_code_with_slashes, is_file_name, is_key, is_name_with_hyphens, is_number,
        is_quiet,
    },
    table::{DIGITS, Row},
};

/// Longer and surer forms come first: a later find at the same place is dropped.
pub(super) const NAMES: &[Row] = &[
    (
        K::Reference,
        concat!(
            r"\b(?:[A-Za-z]{2,10}_(?:live|test|prod|dev|secret|key|pub|pk|sk|pat|",
            r"token)_[A-Za-z0-9]",
            r"{2,64}|(?:sk|pk|ghp|gho|xoxb|xoxp|AKIA)[-_]?[A-Za-z0-9_-]{10,64})\b",
        ),
        DIGITS,
        always,
    ),
    (
        K::Reference,
        concat!(
            r"\b(?:us|eu|ap|sa|ca|me|af|il|uk|cn)-(?:gov-)?(?:north|south|east|west|central|",
            r"northeast|southeast|northwest|southwest)-?[0-9]\b",
        ),
        b"-",
        always,
    ),
    (K::Reference, r"\b[A-Z]{2,6}(?:/[0-9A-Z]{1,8}){1,4}(?:-[0-9A-Z]{1,8})*\b", b"/", is_number),
    (K::Reference, r"\b[A-Z][A-Z0-9]+\*[A-Z0-9]{3,}\b", b"*", always),
    (
        K::Reference,
        r"\b[A-Z]{2}[0-9]{2}(?: [A-Z0-9]{4}){3,8}(?: [A-Z0-9]{1,3})?\b",
        b" ",
        is_number,
    ),
    (
        K::Reference,
        r"\b(?:[A-Z]{1,4}|[0-9]{3,4})(?: [0-9]{4}){2,6}(?: [0-9]{1,3})?\b",
        b" ",
        is_number,
    ),
    (K::Reference, r"\b[0-9]{3,4}(?: [0-9]{2,4}){2,6}\b", b" ", is_number),
    (K::Reference, r"\b[0-9]{2,6}/[0-9]{3,8}(?:/[0-9A-Z]{1,8})*\b", b"/", always),
    (K::Reference, r"\b(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}\b", b":-", always),
    (K::Reference, r"\b[a-z]{2,8}_[A-Za-z]*[0-9][A-Za-z0-9]{3,64}\b", b"_", always),
    (K::Reference, r"\b[A-Z]{2,8}(?:-[A-Z]{2,8})+\b", b"-", is_quiet),
    (K::Reference, r"\b[A-Z]{2,6} [0-9]{5,12}(?:[-/][0-9A-Z]{1,8})*\b", b" ", is_quiet),
    (
        K::Reference,
        r"\b[A-Z]{1,4}(?:\.[0-9A-Z]{1,8})*\.[0-9]{2,8}(?:\.[0-9A-Z]{1,8})*\b",
        b".",
        always,
    ),
    (
        K::Reference,
        r"\b[A-Z0-9]{1,12}(?:[-.][A-Z0-9]{1,12})*/[A-Z0-9]{1,12}(?:[-./][A-Z0-9]{1,12})*\b",
        b"/",
        is_code_with_slashes,
    ),
    (K::Path, r"\b[\p{L}\p{N}-]*[\p{N}_-][\p{L}\p{N}_-]*\.[a-z]{2,4}[0-9]?\b", b".", is_file_name),
    (
        K::Setting,
        concat!(
            r"\b(?i:deployment|workspace|tenant|cluster|environment|instance|project|repo(?:sitory)?|",
            r"branch|database|bucket|namespace|server|host(?:name)?|queue|index|pipeline|node|",
            r"machine|container|device|service|realm|region|profile|template|schema|topic|channel|",
            r"plugin|package|module|integration|connector|gateway|sandbox|shop|site)",
            r"(?: (?:called|named|name|id))?:? ([a-z][a-z0-9]*(?:-[a-z0-9]+)+)\b",
        ),
        b"-",
        is_name_with_hyphens,
    ),
    (
        K::Setting,
        r"\b[a-z][a-z0-9]*(?:-[a-z0-9]+)*-(?:prod|prd|production|staging|stage|stg|test|dev|qa|uat|live)\b",
        b"-",
        is_name_with_hyphens,
    ),
    (
        K::Reference,
        concat!(
            r"\b(?i:booking|reservation|confirmation|pnr|locator)(?i: (?:code|reference|ref|",
            r"number|no\.?|is))*:? ([A-Z]{6})\b",
        ),
        b"",
        always,
    ),
    (
        K::Reference,
        concat!(
            r"(?i)\b(?:flight|train|ferry|coach|voyage|sailing)(?: (?:no\.?|number))?:? ",
            r"([a-z][a-z0-9]{1,2} ?[0-9]{2,4})\b",
        ),
        DIGITS,
        always,
    ),
    (K::Path, r#"\b(?:GET|POST|PUT|DELETE|PATCH|HEAD) (/[^\s"'<>,;]+)"#, b"/", always),
    (K::Setting, r"(?:^|\s)(--[a-z][a-z0-9-]+(?:=[^\s,;]+)?)", b"-", always),
    (K::Setting, r"(?:^|\s)(#[a-z][a-z0-9]*(?:[-_][a-z0-9]+)+)", b"#", always),
    (K::Setting, r"(?i)\bport[ao]? [0-9]{2,5}\b", DIGITS, always),
    (K::Setting, r"\b[a-z][a-z0-9]+(?:\.[a-z][A-Za-z0-9]+){2,}\b", b".", always),
    (K::Setting, r"\b[Xx]-[A-Za-z][A-Za-z-]*: ?[^\s,;]+", b"-", always),
    (K::Setting, r"\b[a-z][a-z0-9]*(?:_[a-z0-9]+)+\b", b"_", is_key),
    (K::Setting, r"\b[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)+\b", b"_", is_key),
    (K::Setting, r#"\b[A-Za-z_][A-Za-z0-9_.-]*=[^\s,;&"'“”]+"#, b"=", always),
];
