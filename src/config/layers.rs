//! Where each setting comes from: flag beats variable beats file beats default.

use std::{
    collections::BTreeMap,
    fmt,
    path::{Path, PathBuf},
};

use toml::{Table, Value};

use super::{Error, MANUAL};

/// Every setting with its value in force and where that comes from, by dotted key.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings(BTreeMap<String, Setting>);

/// A value and where it comes from.
#[derive(Debug, Clone, PartialEq)]
pub struct Setting {
    /// The value.
    pub value: Value,
    /// Where it comes from.
    pub source: Source,
}

/// Where a value comes from; later ones beat earlier ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// The manual's own value.
    Default,
    /// A file.
    File(PathBuf),
    /// An environment variable.
    Variable(String),
    /// A flag of the command line.
    Flag(String),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(path) => write!(f, "file {}", path.display()),
            Self::Variable(name) => write!(f, "variable {name}"),
            Self::Flag(flag) => write!(f, "flag {flag}"),
        }
    }
}

/// A setting given by a flag: its dotted key, the flag as it was typed, and the value as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flag {
    /// Dotted key, e.g. `inference.deadline`.
    pub key: String,
    /// The flag, e.g. `--listen`.
    pub flag: String,
    /// Its value.
    pub value: String,
}

impl Settings {
    /// The manual's own values.
    ///
    /// # Errors
    /// The manual is not TOML: a mistake in the source.
    pub fn defaults() -> Result<Self, Error> {
        let table: Table = MANUAL.parse().map_err(|cause: toml::de::Error| Error::Syntax {
            file: "the built-in default.toml".to_owned(),
            reason: cause.to_string(),
        })?;
        let mut settings = BTreeMap::new();
        flatten("", table, &mut |key, value| {
            settings.insert(key, Setting { value, source: Source::Default });
        });
        Ok(Self(settings))
    }

    /// Lays a file over what there is.
    ///
    /// # Errors
    /// The text is not TOML, or names a key that does not exist or has another type.
    pub fn file(&mut self, path: &Path, text: &str) -> Result<(), Error> {
        let table: Table = text.parse().map_err(|cause: toml::de::Error| Error::Syntax {
            file: path.display().to_string(),
            reason: cause.to_string(),
        })?;
        let mut given = Vec::new();
        flatten("", table, &mut |key, value| given.push((key, value)));
        for (key, value) in given {
            self.set(&key, value, Source::File(path.to_path_buf()))?;
        }
        Ok(())
    }

    /// Lays environment variables over what there is: `inference.deadline` is
    /// `BATON_INFERENCE_DEADLINE`. Variables without that prefix are not looked at.
    ///
    /// # Errors
    /// A variable with the prefix names no key, or its value has another type.
    pub fn variables(
        &mut self,
        variables: impl Iterator<Item = (String, String)>,
    ) -> Result<(), Error> {
        let keys: BTreeMap<String, String> =
            self.0.keys().map(|key| (variable(key), key.clone())).collect();
        for (name, text) in variables.filter(|(name, _)| is_ours(name)) {
            let source = Source::Variable(name.clone());
            let Some(key) = keys.get(&name) else {
                return Err(Error::Unknown { key: name, source_of: source });
            };
            self.set_text(key, &text, source)?;
        }
        Ok(())
    }

    /// Lays flags over what there is.
    ///
    /// # Errors
    /// A flag names no key, or its value has another type.
    pub fn flags(&mut self, flags: &[Flag]) -> Result<(), Error> {
        for given in flags {
            self.set_text(&given.key, &given.value, Source::Flag(given.flag.clone()))?;
        }
        Ok(())
    }

    /// Every key with its setting, in order of the keys.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Setting)> {
        self.0.iter().map(|(key, setting)| (key.as_str(), setting))
    }

    /// Where the value of a key, or of the first key below it, comes from.
    pub fn source_of(&self, key: &str) -> Option<&Source> {
        let below = format!("{key}.");
        let mut keys = self.0.iter();
        keys.find(|(name, _)| *name == key || name.starts_with(&below)).map(|(_, s)| &s.source)
    }

    /// The settings as nested tables.
    pub fn table(&self) -> Table {
        let mut table = Table::new();
        for (key, setting) in &self.0 {
            let mut at = &mut table;
            let mut parts = key.split('.').peekable();
            while let Some(part) = parts.next() {
                if parts.peek().is_none() {
                    at.insert(part.to_owned(), setting.value.clone());
                    break;
                }
                let next = at.entry(part).or_insert_with(|| Value::Table(Table::new()));
                let Value::Table(next) = next else { break };
                at = next;
            }
        }
        table
    }

    /// A text becomes a value of the type that the key's default has.
    fn set_text(&mut self, key: &str, text: &str, source: Source) -> Result<(), Error> {
        let Some(setting) = self.0.get(key) else {
            return Err(Error::Unknown { key: key.to_owned(), source_of: source });
        };
        let value = match setting.value {
            Value::Integer(_) => text.parse().ok().map(Value::Integer),
            Value::Float(_) => text.parse().ok().map(Value::Float),
            Value::Boolean(_) => text.parse().ok().map(Value::Boolean),
            _ => Some(Value::String(text.to_owned())),
        };
        let wanted = setting.value.type_str();
        match value {
            Some(value) => self.set(key, value, source),
            None => Err(Error::Type { key: key.to_owned(), source_of: source, wanted }),
        }
    }

    fn set(&mut self, key: &str, value: Value, source: Source) -> Result<(), Error> {
        let Some(setting) = self.0.get_mut(key) else {
            return Err(Error::Unknown { key: key.to_owned(), source_of: source });
        };
        let wanted = setting.value.type_str();
        if value.type_str() != wanted {
            return Err(Error::Type { key: key.to_owned(), source_of: source, wanted });
        }
        *setting = Setting { value, source };
        Ok(())
    }
}

/// True for variables that mean options. Kubernetes sets `BATON_SERVICE_HOST`, `BATON_PORT` and
/// the like in every container beside a service named `baton`; nobody typed those.
fn is_ours(name: &str) -> bool {
    let Some(rest) = name.strip_prefix("BATON_") else { return false };
    !(rest.starts_with("SERVICE_") || rest == "PORT" || rest.starts_with("PORT_"))
}

/// The environment variable of a key.
pub fn variable(key: &str) -> String {
    format!("BATON_{}", key.replace('.', "_").to_uppercase())
}

fn flatten(prefix: &str, table: Table, visit: &mut impl FnMut(String, Value)) {
    for (name, value) in table {
        let key = if prefix.is_empty() { name } else { format!("{prefix}.{name}") };
        match value {
            Value::Table(table) => flatten(&key, table, visit),
            value => visit(key, value),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flag(key: &str, value: &str) -> Flag {
        Flag { key: key.to_owned(), flag: format!("--{key}"), value: value.to_owned() }
    }

    #[test]
    fn flag_beats_variable_beats_file_beats_default() {
        let mut settings = Settings::defaults().unwrap();
        assert_eq!(settings.source_of("listen"), Some(&Source::Default));
        settings.file(Path::new("baton.toml"), "listen = \"127.0.0.1:1\"").unwrap();
        assert_eq!(settings.source_of("listen"), Some(&Source::File("baton.toml".into())));
        let variables = [("BATON_LISTEN".to_owned(), "127.0.0.1:2".to_owned())];
        settings.variables(variables.into_iter()).unwrap();
        settings.flags(&[flag("listen", "127.0.0.1:3")]).unwrap();
        assert_eq!(settings.table()["listen"].as_str(), Some("127.0.0.1:3"));
        assert_eq!(settings.source_of("listen"), Some(&Source::Flag("--listen".to_owned())));
    }

    #[test]
    fn what_no_key_is_called_is_refused_with_its_source() {
        let mut settings = Settings::defaults().unwrap();
        let error =
            settings.file(Path::new("baton.toml"), "lisen = \"x\"").unwrap_err().to_string();
        assert!(error.contains("lisen") && error.contains("baton.toml"), "{error}");
        let variables = [("BATON_LISEN".to_owned(), "x".to_owned())];
        let error = settings.variables(variables.into_iter()).unwrap_err().to_string();
        assert!(error.contains("BATON_LISEN"), "{error}");
    }

    #[test]
    fn variables_that_kubernetes_sets_are_no_options() {
        let mut settings = Settings::defaults().unwrap();
        let names = ["BATON_SERVICE_HOST", "BATON_PORT", "BATON_PORT_8080_TCP_ADDR", "HOME"];
        let variables = names.map(|name| (name.to_owned(), "10.0.0.1".to_owned()));
        settings.variables(variables.into_iter()).unwrap();
    }

    #[test]
    fn a_value_of_another_type_is_refused() {
        let mut settings = Settings::defaults().unwrap();
        let error = settings.flags(&[flag("limits.messages", "many")]).unwrap_err().to_string();
        assert!(error.contains("limits.messages") && error.contains("integer"), "{error}");
        assert!(settings.file(Path::new("f"), "[limits]\nmessages = \"2\"").is_err());
    }

    #[test]
    fn no_two_keys_share_a_variable() {
        let settings = Settings::defaults().unwrap();
        let mut names: Vec<_> = settings.iter().map(|(key, _)| variable(key)).collect();
        let all = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), all);
    }
}
