//! A record → a row: text and label, or a whole conversation in the form of the API.

use serde_json::{Map, Value};

use super::{Labels, Options, Row, columns::Column};
use crate::{
    api::{ApiError, TriageRequest, parse},
    domain::{Conversation, Invalid, Message, Parts, Speaker},
};

/// Keys of a request that may stand in a row; others are the caller's own.
const REQUEST: [&str; 7] =
    ["conversation_id", "channel", "subject", "messages", "customer", "stage", "ticket"];
/// The key of a row that is a whole conversation.
const MESSAGES: &str = "messages";
/// The key of further labels that are right.
const ALSO: &str = "also_acceptable";
/// Characters of the longest label.
const LABEL_CHARS: usize = 100;

/// Where text and label stand in a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Places {
    pub(super) text: usize,
    pub(super) label: Option<usize>,
    pub(super) columns: usize,
}

impl Places {
    /// Finds the columns by the names in the first record; `Err` lists them.
    pub(super) fn of(header: &[String], options: &Options) -> Result<Self, String> {
        let text = Column::Text.find(header, options.text_column.as_deref())?;
        let label = label_place(header, options)?;
        Ok(Self { text, label, columns: header.len() })
    }

    /// The row of a record; `Err` says what is wrong with it.
    pub(super) fn row(
        &self,
        line: u64,
        mut fields: Vec<String>,
        options: &Options,
    ) -> Result<Row, String> {
        if fields.len() != self.columns {
            return Err(format!(
                "{} fields where the first line names {}; put texts in quotes",
                fields.len(),
                self.columns
            ));
        }
        let text = std::mem::take(&mut fields[self.text]);
        let label = match self.label.map(|place| fields[place].as_str()) {
            None => String::new(),
            Some(text) if text.trim().is_empty() && options.labels == Labels::Welcome => {
                String::new()
            }
            Some(text) => label(text)?,
        };
        Ok(Row { line, conversation: said(text, options)?, label, also: Vec::new() })
    }
}

/// Keys of text and label in an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Keys {
    /// `None` where the object is a whole conversation.
    text: Option<String>,
    label: Option<String>,
}

impl Keys {
    /// Finds the keys by the names in the first object; `Err` lists them.
    pub(super) fn of(object: &Map<String, Value>, options: &Options) -> Result<Self, String> {
        let names: Vec<String> = object.keys().cloned().collect();
        let whole = is_whole(object, options);
        let text = if whole {
            None
        } else {
            let place = Column::Text.find(&names, options.text_column.as_deref())?;
            Some(names[place].clone())
        };
        let label = label_key(object, options)?;
        Ok(Self { text, label })
    }

    /// The row of an object; `Err` says what is wrong with it.
    pub(super) fn row(
        &self,
        line: u64,
        mut object: Map<String, Value>,
        options: &Options,
    ) -> Result<Row, String> {
        let label = match &self.label {
            Some(key) => labelled(&object, key, options)?,
            // The first row had none; others may.
            None => match label_key(&object, options)? {
                Some(key) => labelled(&object, &key, options)?,
                None => String::new(),
            },
        };
        let also = match object.remove(ALSO) {
            Some(Value::Array(labels)) => labels,
            _ => Vec::new(),
        };
        let also = also.iter().filter_map(Value::as_str).map(|name| name.trim().to_owned());
        let also = also.collect();
        let conversation = match &self.text {
            None => whole(object, options)?,
            Some(key) => match object.remove(key) {
                Some(Value::String(text)) => said(text, options)?,
                Some(_) => return Err(format!("{key:?} is no text; write it in quotes")),
                None => return Err(format!("{key:?} is missing; write the text there")),
            },
        };
        Ok(Row { line, conversation, label, also })
    }
}

/// True for an object that is a whole conversation in the form of the API.
fn is_whole(object: &Map<String, Value>, options: &Options) -> bool {
    options.text_column.is_none() && object.contains_key(MESSAGES)
}

/// The key of an object's label; `None` if nothing says so and none is needed.
fn label_key(object: &Map<String, Value>, options: &Options) -> Result<Option<String>, String> {
    // What belongs to the request is no label.
    let whole = is_whole(object, options);
    let own = |name: &&String| !whole || !REQUEST.contains(&name.as_str());
    let names: Vec<String> = object.keys().filter(own).cloned().collect();
    Ok(label_place(&names, options)?.map(|place| names[place].clone()))
}

/// Where the label stands; `None` if nothing says so and none is needed.
fn label_place(names: &[String], options: &Options) -> Result<Option<usize>, String> {
    let asked = options.label_column.as_deref();
    let welcome = options.labels == Labels::Welcome && asked.is_none();
    if welcome && Column::Label.usual(names).is_empty() {
        return Ok(None);
    }
    Column::Label.find(names, asked).map(Some)
}

/// The label of an object; empty where it has none and none is needed.
fn labelled(object: &Map<String, Value>, key: &str, options: &Options) -> Result<String, String> {
    match object.get(key) {
        Some(Value::String(text)) => label(text),
        Some(value @ (Value::Number(_) | Value::Bool(_))) => label(&value.to_string()),
        None | Some(Value::Null) if options.labels == Labels::Welcome => Ok(String::new()),
        Some(_) => Err(format!("{key:?} is no text; write the label there")),
        None => Err(format!("{key:?} is missing; write the label there")),
    }
}

/// Checks a label.
fn label(text: &str) -> Result<String, String> {
    let label = text.trim();
    if label.is_empty() {
        return Err("the label is empty; write one, or delete the row".to_owned());
    }
    if label.chars().count() > LABEL_CHARS || label.contains(char::is_control) {
        return Err(format!(
            "the label is longer than {LABEL_CHARS} characters or has several lines; is it the \
             right column?"
        ));
    }
    Ok(label.to_owned())
}

/// A conversation of one message.
fn said(text: String, options: &Options) -> Result<Conversation, String> {
    if text.trim().is_empty() {
        return Err("the text is empty; write one, or delete the row".to_owned());
    }
    let message = Message {
        id: None,
        speaker: Speaker::Customer,
        text,
        at: None,
        attachments: Vec::new(),
        outcome: None,
    };
    let parts = Parts { messages: vec![message], ..Parts::default() };
    Conversation::new(parts, &options.conversation).map_err(|faults| all(&faults))
}

/// A conversation in the form of the API, whatever else stands beside it.
fn whole(object: Map<String, Value>, options: &Options) -> Result<Conversation, String> {
    let own = object.into_iter().filter(|(key, _)| REQUEST.contains(&key.as_str()));
    let request = Value::Object(own.collect()).to_string();
    let request: TriageRequest = parse(request.as_bytes()).map_err(|fault| match fault {
        ApiError::Invalid(faults) => all(&faults),
        other => other.to_string(),
    })?;
    request.into_conversation(&options.conversation).map_err(|faults| all(&faults))
}

fn all(faults: &[Invalid]) -> String {
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
