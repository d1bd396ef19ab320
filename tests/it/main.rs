//! Integration tests, one binary: the house rules, HTTP, command line, crashes.

mod tidy;
