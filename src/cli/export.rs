//! `baton export`: decisions and reviews as a table, for those who have their own tools.

mod separated;

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use clap::{Args, ValueEnum};

use self::separated::Rows;
use super::{Error, policy::moment, runtime};
use crate::{
    app,
    config::Config,
    domain::Timestamp,
    store::{self, Cell, Choice, Export, Named, Table},
};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// What to write.
    #[arg(long, value_name = "TABLE")]
    what: What,
    /// Nothing before that moment, e.g. 2026-11-01T00:00:00Z: a decision's time, or a review's.
    #[arg(long, value_name = "TIME", value_parser = moment)]
    from: Option<Timestamp>,
    /// Only what is before that moment.
    #[arg(long, value_name = "TIME", value_parser = moment)]
    to: Option<Timestamp>,
    /// How to write it.
    #[arg(long, value_name = "FORMAT", default_value = "csv")]
    format: Format,
    /// Where to; standard output if absent. A file appears once it is whole.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// With the masked conversation, and with notes of reviews.
    #[arg(long)]
    with_text: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    /// One row per decision.
    Decisions,
    /// One row per decision and person.
    Reviews,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Comma-separated values, safe to open in a spreadsheet.
    Csv,
    /// JSON Lines: one object a line.
    Jsonl,
}

/// Why a row was not written.
enum Failure {
    Store(store::Error),
    Output(io::Error),
}

impl From<store::Error> for Failure {
    fn from(cause: store::Error) -> Self {
        Self::Store(cause)
    }
}

/// Writes the table; says on standard error how many rows it has.
pub(super) fn run(config: &Config, given: &Arguments) -> Result<(), Error> {
    if let (Some(from), Some(to)) = (given.from, given.to)
        && from >= to
    {
        let reason = "--from is not before --to, so that nothing lies between: exchange them";
        return Err(Error::Reported(reason.to_owned()));
    }
    let rows = match &given.out {
        None => export(config, given, io::stdout().lock())?,
        Some(path) => {
            let part = unfinished(path);
            let written = to_file(config, given, &part);
            if written.is_err() {
                // What is left of it would only be taken for the whole.
                let _ = fs::remove_file(&part);
            }
            let rows = written?;
            fs::rename(&part, path).map_err(cannot_write(path))?;
            rows
        }
    };
    let written = writeln!(io::stderr().lock(), "baton: rows written: {rows}");
    written.map_err(Error::io("standard error cannot be written"))
}

fn to_file(config: &Config, given: &Arguments, path: &Path) -> Result<u64, Error> {
    let file = private(path).map_err(cannot_write(path))?;
    let rows = export(config, given, &file)?;
    file.sync_all().map_err(cannot_write(path))?;
    Ok(rows)
}

/// Makes a file that this user alone can read, in the place of what a run that was cut off has left
/// there; what stands there meanwhile, a link too, is not written to.
fn private(path: &Path) -> io::Result<File> {
    match fs::remove_file(path) {
        Err(cause) if cause.kind() != io::ErrorKind::NotFound => return Err(cause),
        _ => {}
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn cannot_write(path: &Path) -> impl FnOnce(io::Error) -> Error {
    Error::io(format!("{} cannot be written; name another file with --out", path.display()))
}

/// The name that a file has until it is whole.
fn unfinished(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".part");
    PathBuf::from(name)
}

fn export(config: &Config, given: &Arguments, output: impl Write) -> Result<u64, Error> {
    let choice = Choice {
        table: match given.what {
            What::Decisions => Table::Decisions,
            What::Reviews => Table::Reviews,
        },
        from: given.from,
        to: given.to,
        with_text: given.with_text,
    };
    let mut output = BufWriter::with_capacity(1 << 16, output);
    let exported = runtime()?.block_on(async {
        let export = Export::open(&config.records).await;
        let mut export = export.map_err(|cause| Error::App(app::Error::Store(cause)))?;
        let rows = match given.format {
            Format::Csv => csv(&mut export, &choice, &mut output).await,
            Format::Jsonl => jsonl(&mut export, &choice, &mut output).await,
        };
        export.close().await;
        Ok::<_, Error>(rows)
    })?;
    match exported.and_then(|rows| output.flush().map(|()| rows).map_err(Failure::Output)) {
        Ok(rows) => Ok(rows),
        Err(Failure::Store(cause)) => Err(Error::Reported(format!("the store: {cause}"))),
        Err(Failure::Output(cause)) => Err(Error::io("the rows cannot be written")(cause)),
    }
}

async fn jsonl(
    export: &mut Export,
    choice: &Choice,
    output: &mut impl Write,
) -> Result<u64, Failure> {
    let names = choice.names();
    export
        .each(choice, |cells| {
            let row = Named { names: &names, cells };
            serde_json::to_writer(&mut *output, &row)
                .map_err(|cause| output_error(cause.into()))?;
            output.write_all(b"\n").map_err(output_error)
        })
        .await
}

async fn csv(
    export: &mut Export,
    choice: &Choice,
    output: &mut impl Write,
) -> Result<u64, Failure> {
    let mut rows = Rows::new(output);
    let names: Vec<Cell> =
        choice.names().into_iter().map(|name| Cell::Text(name.to_owned())).collect();
    rows.write(&names).map_err(output_error)?;
    export.each(choice, |cells| rows.write(cells).map_err(output_error)).await
}

fn output_error(cause: io::Error) -> Failure {
    Failure::Output(cause)
}
