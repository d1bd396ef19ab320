//! Reads JSON so that every fault has a place and none repeats what the caller wrote.

use std::{fmt, marker::PhantomData};

use axum::{
    body::Bytes,
    extract::{FromRequest, OptionalFromRequest, Request},
    http::header,
};
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, Error as _, MapAccess, Visitor, value::MapAccessDeserializer},
};
use serde_path_to_error::{Path, Segment};

use super::{App, problem::ApiError};
use crate::domain::{Invalid, Timestamp};

/// A JSON body; refusals are problems with JSON pointers.
#[derive(Debug)]
pub(super) struct ApiJson<T> {
    /// The body, read.
    pub(super) value: T,
    /// The body, as it came.
    pub(super) bytes: Bytes,
}

impl<T: DeserializeOwned> FromRequest<App> for ApiJson<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &App) -> Result<Self, ApiError> {
        if !is_json(&request) {
            return Err(ApiError::MediaType("application/json"));
        }
        let announced = request.headers().get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok());
        let limit_bytes = app.limits.body_bytes;
        if announced
            .and_then(|text| text.parse().ok())
            .is_some_and(|bytes: u64| bytes > limit_bytes as u64)
        {
            return Err(ApiError::TooLarge { limit_bytes });
        }
        let bytes = body(request, app.limits.body_bytes).await?;
        let value = parse(&bytes)?;
        Ok(Self { value, bytes })
    }
}

impl<T: DeserializeOwned> OptionalFromRequest<App> for ApiJson<T> {
    type Rejection = ApiError;

    /// `None` for a request without a body; one that says what it brings must bring it.
    async fn from_request(request: Request, app: &App) -> Result<Option<Self>, ApiError> {
        if !request.headers().contains_key(header::CONTENT_TYPE) {
            let body = body(request, app.limits.body_bytes).await?;
            let nothing = body.is_empty().then_some(None);
            return nothing.ok_or(ApiError::MediaType("application/json"));
        }
        <Self as FromRequest<App>>::from_request(request, app).await.map(Some)
    }
}

/// The whole body, if it is within the limit.
async fn body(request: Request, limit_bytes: usize) -> Result<Bytes, ApiError> {
    let limited = http_body_util::Limited::new(request.into_body(), limit_bytes);
    match http_body_util::BodyExt::collect(limited).await {
        Ok(body) => Ok(body.to_bytes()),
        Err(cause) if cause.is::<http_body_util::LengthLimitError>() => {
            Err(ApiError::TooLarge { limit_bytes })
        }
        Err(_) => Err(ApiError::Interrupted),
    }
}

fn is_json(request: &Request) -> bool {
    let Some(value) = request.headers().get(header::CONTENT_TYPE) else { return false };
    let Ok(value) = value.to_str() else { return false };
    let essence = value.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
}

/// A JSON object. Serde by itself would also take an array with the fields in order.
#[derive(Debug)]
pub(super) struct Object<T>(pub(super) T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        struct OnlyMap<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for OnlyMap<T> {
            type Value = Object<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Object<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(Object)
            }
        }
        input.deserialize_map(OnlyMap(PhantomData))
    }
}

/// What is said of a key that is given twice, which JSON allows and nobody means.
pub(super) const TWICE: &str = "a key is given twice";

/// What is said of a text that is no time.
pub(super) const NO_TIME: &str = "expected a time with zone, as in 2026-11-20T10:00:00Z (RFC 3339)";

/// Reads a time with its zone; the text itself is in no message.
pub(super) fn time<'de, D: Deserializer<'de>>(input: D) -> Result<Option<Timestamp>, D::Error> {
    let Some(text) = Option::<String>::deserialize(input)? else { return Ok(None) };
    text.parse().map(Some).map_err(|_| D::Error::custom(NO_TIME))
}

/// Reads one JSON object.
///
/// # Errors
/// [`ApiError::Malformed`] with line and column if it is no JSON, [`ApiError::Invalid`] with a
/// JSON pointer if it is not what the API document describes.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let Object(value) = serde_path_to_error::deserialize(&mut reader).map_err(|fault| {
        let path = fault.path().clone();
        refused(&path, &fault.into_inner())
    })?;
    reader.end().map_err(|fault| malformed(&fault))?;
    Ok(value)
}

fn refused(path: &Path, fault: &serde_json::Error) -> ApiError {
    if !fault.is_data() {
        return malformed(fault);
    }
    let message = fault.to_string();
    let pointer = pointer(path);
    ApiError::Invalid(vec![Invalid::new(pointer, detail(&message))])
}

fn malformed(fault: &serde_json::Error) -> ApiError {
    let what = match fault.classify() {
        serde_json::error::Category::Eof => "it ends too early",
        _ if fault.to_string().starts_with("recursion limit") => "it is nested too deeply",
        _ if fault.to_string().contains("surrogate")
            || fault.to_string().contains("hex escape") =>
        {
            "a \\u escape is no character (a lone surrogate)"
        }
        _ => "syntax error",
    };
    ApiError::Malformed(format!("{what} at line {} column {}", fault.line(), fault.column()))
}

/// What serde says, without the part that repeats the caller's value.
fn detail(message: &str) -> String {
    if let Some(own) = [TWICE, NO_TIME].into_iter().find(|own| message.starts_with(own)) {
        return own.to_owned();
    }
    for safe in ["missing field `", "duplicate field `"] {
        if let Some(name) = quoted_after(message, safe) {
            return format!("{safe}{name}`");
        }
    }
    // What was expected is the program's own text; what was found may be the customer's. Messages
    // of other libraries quote as they like, so that nothing of them is repeated.
    let serde_says = ["invalid type: ", "invalid value: ", "invalid length ", "unknown variant `"];
    let known = message.starts_with("unknown field")
        || serde_says.iter().any(|start| message.starts_with(start));
    match message.rfind(", expected ").filter(|_| known) {
        Some(at) if message.starts_with("unknown field") => {
            format!("unknown field{}", without_position(&message[at..]))
        }
        Some(at) => without_position(&message[at + 2..]).to_owned(),
        None if message.starts_with("unknown field") => "unknown field".to_owned(),
        None => "the value is not allowed here".to_owned(),
    }
}

fn without_position(text: &str) -> &str {
    text.rfind(" at line ").map_or(text, |at| &text[..at])
}

fn quoted_after<'a>(message: &'a str, prefix: &str) -> Option<&'a str> {
    let rest = message.strip_prefix(prefix)?;
    rest.find('`').map(|end| &rest[..end])
}

fn pointer(path: &Path) -> String {
    let mut pointer = String::new();
    for segment in path {
        if matches!(segment, Segment::Seq { .. } | Segment::Map { .. }) {
            pointer.push('/');
        }
        match segment {
            Segment::Seq { index } => pointer += &index.to_string(),
            Segment::Map { key } => pointer += &escaped(key),
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    pointer
}

/// A key as JSON pointers spell it; cut short, since it is the caller's.
fn escaped(key: &str) -> String {
    let key: String = key.chars().take(64).collect();
    key.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only its shape matters")]
    struct Outer {
        items: Vec<Inner>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only its shape matters")]
    struct Inner {
        count: u32,
    }

    fn fault(json: &str) -> (String, String) {
        match parse::<Outer>(json.as_bytes()).unwrap_err() {
            ApiError::Invalid(wrong) => (wrong[0].pointer.clone(), wrong[0].detail.clone()),
            other => panic!("{other}"),
        }
    }

    #[test]
    fn a_wrong_value_is_named_by_place_and_never_repeated() {
        let (pointer, detail) = fault(r#"{"items":[{"count":1},{"count":"SECRET, expected x"}]}"#);
        assert_eq!(pointer, "/items/1/count");
        assert_eq!(detail, "expected u32");
    }

    #[test]
    fn unknown_missing_and_duplicate_fields_are_named() {
        let (pointer, detail) = fault(r#"{"items":[{"count":1,"a/b":2}]}"#);
        assert_eq!(pointer, "/items/0/a~1b");
        assert_eq!(detail, "unknown field, expected `count`");
        let (pointer, detail) = fault(r#"{"items":[{}]}"#);
        assert_eq!((pointer.as_str(), detail.as_str()), ("/items/0", "missing field `count`"));
        let (_, detail) = fault(r#"{"items":[{"count":1,"count":2}]}"#);
        assert_eq!(detail, "duplicate field `count`");
    }

    #[test]
    fn what_is_no_json_is_malformed_with_line_and_column() {
        let deep = format!("{{\"a\":{}", "[".repeat(1_000));
        for text in ["", "{", "{\"items\": [}", r#"{"items":[]} x"#, r#"{"a":"\ud800"}"#, &deep] {
            let error = parse::<serde_json::Value>(text.as_bytes()).unwrap_err();
            assert!(matches!(error, ApiError::Malformed(_)), "{text}: {error}");
            assert!(error.to_string().contains("line 1"), "{error}");
        }
    }
}
