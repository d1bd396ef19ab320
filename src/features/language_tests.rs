//! Texts in other languages.
