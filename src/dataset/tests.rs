//! Files as people have them, and what comes of them.

use std::{
    collections::BTreeSet,
    io::{self, Read},
    path::Path,
};

use super::*;

fn options() -> Options {
    Options { bad_rows: 3, ..Options::default() }
}

fn open(bytes: &[u8], options: &Options) -> Result<Reader, Error> {
    let input = Box::new(io::Cursor::new(bytes.to_vec()));
    Reader::of(Path::new("data"), input, options)
}

fn read(text: &str) -> (Vec<Row>, Vec<String>) {
    let mut reader = open(text.as_bytes(), &options()).unwrap();
    let rows = reader.by_ref().map(Result::unwrap).collect();
    (rows, reader.bad().iter().map(ToString::to_string).collect())
}

fn refused(bytes: &[u8]) -> String {
    let opened = open(bytes, &options());
    let fault = match opened {
        Ok(mut reader) => reader.find_map(Result::err),
        Err(fault) => Some(fault),
    };
    fault.unwrap().to_string()
}

fn said(row: &Row) -> (u64, &str, &str) {
    (row.line, &row.conversation.messages[0].text, &row.label)
}

fn gathered(text: &str, caps: Caps) -> Corpus {
    let mut gathering = Gathering::new(caps, 1);
    for row in read(text).0 {
        gathering.add(row).unwrap();
    }
    gathering.finish()
}

#[test]
fn csv_with_all_that_spreadsheets_do_to_it() {
    let text =
        "\u{feff}id;Text;Label\r\n1;\"Hello,\r\nwhere is it?\";order\r\n\r\n2;refund!; a b \r\n";
    let (rows, bad) = read(text);
    let said: Vec<_> = rows.iter().map(said).collect();
    assert_eq!(said, [(2, "Hello,\r\nwhere is it?", "order"), (5, "refund!", "a b")]);
    assert!(bad.is_empty(), "{bad:?}");
}

#[test]
fn where_labels_are_only_welcome_rows_without_one_are_rows_all_the_same() {
    let welcome = Options { labels: Labels::Welcome, ..options() };
    for (text, labels) in [
        ("{\"text\": \"a\"}\n{\"text\": \"b\", \"intent\": \"x\"}\n", ["", "x"]),
        ("{\"text\": \"a\", \"intent\": \"x\"}\n{\"text\": \"b\", \"intent\": null}\n", ["x", ""]),
        ("text,intent\na,\nb,x\n", ["", "x"]),
        ("text,id\na,1\nb,2\n", ["", ""]),
    ] {
        let mut reader = open(text.as_bytes(), &welcome).unwrap();
        let found: Vec<_> = reader.by_ref().map(|row| row.unwrap().label).collect();
        assert_eq!(found, labels, "{text}");
        assert!(reader.bad().is_empty(), "{:?}", reader.bad());
    }
    let two = open(b"text,label,intent\na,b,c\n", &welcome).err().unwrap();
    assert!(two.to_string().contains("several"), "{two}");
}

#[test]
fn json_lines_with_texts_or_whole_conversations() {
    let (rows, bad) = read("{\"text\": \"hi\", \"label\": 3, \"x\": [1]}\n{\"text\": \"ho\"}\n");
    assert_eq!(rows.iter().map(said).collect::<Vec<_>>(), [(1, "hi", "3")]);
    assert!(bad[0].starts_with("line 2: \"label\" is missing"), "{bad:?}");

    let whole = r#"{"intent": "refund", "own": 1, "also_acceptable": ["billing"], "subject": "s",
        "messages": [{"role": "bot", "text": "hi"}, {"role": "customer", "text": "money"}]}"#;
    let whole = whole.replace('\n', " ");
    let silent = r#"{"intent": "a", "messages": [{"role": "bot", "text": "SECRET"}]}"#;
    let (rows, bad) = read(&format!("{whole}\n{silent}\n"));
    assert_eq!(rows[0].conversation.messages.len(), 2);
    assert_eq!(rows[0].conversation.subject.as_deref(), Some("s"));
    assert_eq!((rows[0].label.as_str(), &rows[0].also[..]), ("refund", &["billing".into()][..]));
    assert!(bad[0].contains("line 2: /messages: no message has the role"), "{bad:?}");
    assert!(!bad[0].contains("SECRET"));
}

#[test]
fn bad_rows_are_named_by_line_until_there_are_too_many() {
    let (rows, bad) = read("text,label\na,x\n,x\nb,\nc,x,y\nd,x\n");
    assert_eq!(rows.len(), 2);
    let starts = ["line 3: the text is empty", "line 4: the label is empty", "line 5: 3 fields"];
    for (bad, start) in bad.iter().zip(starts) {
        assert!(bad.starts_with(start), "{bad}");
    }
    let fault = refused(b"text,label\na,x\n,x\n,x\n,x\n,x\n");
    assert!(fault.contains("more than 3 rows") && fault.contains("line 3: "), "{fault}");
}

#[test]
fn files_that_are_none_are_refused_with_the_remedy() {
    let cases: [(&[u8], &str); 8] = [
        (b"", "the file is empty"),
        (b"\xef\xbb\xbf\n \n", "the file is empty"),
        (b"\xff\xfet\0", "UTF-16"),
        (b"PK\x03\x04\0\0", "no text"),
        (b"[{\"text\": 1}]", "one object a line"),
        (b"a,b\nx,y\n", "the columns are \"a\", \"b\""),
        (b"text,label,class\nx,y,z\n", "--label-column"),
        (b"{\"text\": \"a\", \"b\": 1}\n", "--label-column"),
    ];
    for (bytes, want) in cases {
        let fault = refused(bytes);
        assert!(fault.starts_with("data: ") && fault.contains(want), "{want}: {fault}");
    }
    let missing = Reader::open(Path::new("/nowhere/data.csv"), &options()).err().unwrap();
    assert!(missing.to_string().contains("/nowhere/data.csv: cannot be read"), "{missing}");
    let (rows, bad) = read("text,label\n");
    assert!(rows.is_empty() && bad.is_empty());
    let mut reader = open(b"text,label\n\xff\xff,x\n", &options()).unwrap();
    assert!(reader.next().is_none());
    assert!(reader.bad()[0].to_string().contains("line 2: it is not UTF-8"));
}

#[test]
fn equal_texts_are_one_and_contradictions_are_named() {
    let text = "text,label\nWhere is it?,order\nwhere is it,order\nwhere is IT!,order\n\
                Where is it,refund\nmoney back,refund\nMoney back.,billing\n???,odd\n";
    let mut reader = open(text.as_bytes(), &options()).unwrap();
    let mut gathering = Gathering::new(Caps::default(), 1);
    reader.by_ref().for_each(|row| gathering.add(row.unwrap()).unwrap());
    let mut corpus = gathering.finish();
    assert_eq!((corpus.labels.as_slice(), corpus.merged), (&["odd".into(), "order".into()][..], 2));
    assert_eq!((corpus.rows, corpus.examples.len(), corpus.label_rows), (7, 2, None));
    let kept: Vec<_> = corpus.conflicts.iter().map(|conflict| conflict.kept.as_deref()).collect();
    assert_eq!(kept, [Some("order"), None]);
    assert_eq!(corpus.conflicts[1].labels, [("billing".into(), 7), ("refund".into(), 6)]);
    assert_eq!((corpus.examples[0].line, corpus.examples[0].copies), (2, 3));

    let held = gathered("text,label\nWHERE is it,x\nother,x\n", Caps::default());
    assert_eq!(corpus.remove_leaks(&held), [2]);
    assert_eq!(corpus.counts(), [1, 0]);
    corpus.remove_labels(&BTreeSet::from([1]));
    assert_eq!((corpus.labels.len(), corpus.examples[0].label), (1, 0));
}

#[test]
fn caps_keep_the_same_texts_in_whatever_order_they_come() {
    let row = |i: usize| format!("text {i},{}\n", ["a", "b", "b", "b"][i % 4]);
    let forth: String = (0..400).map(row).collect();
    let back: String = (0..400).rev().map(row).collect();
    let caps = Caps { label_rows: 200, rows: 90, ..Caps::default() };
    let texts = |corpus: &Corpus| -> BTreeSet<String> {
        corpus.examples.iter().map(|example| normal(&example.conversation)).collect()
    };
    let one = gathered(&format!("text,label\n{forth}"), caps);
    let two = gathered(&format!("text,label\n{back}"), caps);
    assert_eq!(texts(&one), texts(&two));
    assert_eq!((one.counts(), one.label_rows), (vec![25, 25], Some(25)));
    let mut many = Gathering::new(Caps { labels: 1, ..caps }, 1);
    let mut rows = read("text,label\na,x\nb,y\n").0.into_iter();
    many.add(rows.next().unwrap()).unwrap();
    let fault = many.add(rows.next().unwrap()).unwrap_err();
    assert!(fault.contains("line 3") && fault.contains("--label-column"), "{fault}");
}

/// Rows without end, so that only a reader that streams gets anywhere.
struct Endless {
    left: usize,
    row: Vec<u8>,
    at: usize,
}

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = buffer.len().min(self.left);
        for byte in &mut buffer[..read] {
            *byte = self.row[self.at % self.row.len()];
            self.at += 1;
        }
        self.left -= read;
        Ok(read)
    }
}

#[test]
fn a_quote_that_is_never_closed_does_not_fill_the_memory() {
    let options = Options { row_bytes: 4_096, ..options() };
    let endless = Endless { left: 1 << 20, row: b"text,label\n\"open,x\n".to_vec(), at: 0 };
    let reader = Reader::of(Path::new("data"), Box::new(endless), &options).unwrap();
    for row in reader {
        if let Err(fault) = row {
            assert!(fault.to_string().contains("more than 3 rows"), "{fault}");
        }
    }
}
