//! `baton score`: many conversations, one line in, one line out, nothing kept.

use std::{
    io::{self, IsTerminal as _},
    path::{Path, PathBuf},
    pin::pin,
    sync::Arc,
};

use clap::Args;
use futures::{StreamExt as _, future};
use indicatif::{ProgressBar, ProgressStyle};
use tokio::{
    fs::{File, OpenOptions},
    io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader, BufWriter},
};
use tokio_util::codec::FramedRead;

use super::{Error, progress::spinner, runtime};
use crate::{api, app, config::Config, ndjson::Lines};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Conversations, one request body a line; standard input if absent.
    #[arg(long, value_name = "FILE")]
    input: Option<PathBuf>,
    /// Answers; standard output if absent.
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Continue an output file that an interruption left behind: its complete lines stay, and as
    /// many lines of the input are skipped.
    #[arg(long, requires = "input", requires = "output")]
    resume: bool,
}

/// Scores every line.
pub(super) fn run(config: &Config, given: &Arguments) -> Result<(), Error> {
    runtime()?.block_on(score(config, given))
}

async fn score(config: &Config, given: &Arguments) -> Result<(), Error> {
    let triage = Arc::new(app::offline(config)?);
    let done = match &given.output {
        Some(path) if given.resume => keep_complete_lines(path).await?,
        _ => 0,
    };
    refuse_same_file(given)?;
    let mut output = output(given).await?;
    let bar = progress(given).await?;
    bar.inc(done);

    let lines = FramedRead::new(input(given).await?, Lines::new(config.limits.body_bytes));
    let lines = lines
        .filter(move |line| future::ready(line.as_ref().map_or(true, |line| line.number > done)));
    let mut answers = pin!(api::answers(triage, config.limits, lines));
    let mut wrong = 0_u64;
    while let Some(answer) = answers.next().await {
        wrong += u64::from(answer.starts_with(b"{\"line\":"));
        let written = output.write_all(&answer).await;
        written.map_err(Error::io("the answers cannot be written"))?;
        bar.inc(1);
    }
    output.flush().await.map_err(Error::io("the answers cannot be written"))?;
    bar.finish();
    if wrong == 0 {
        return Ok(());
    }
    let message =
        format!("{wrong} lines could not be scored; the output names each with its fault");
    Err(Error::Reported(message))
}

/// Writing answers over the conversations would lose them.
fn refuse_same_file(given: &Arguments) -> Result<(), Error> {
    let (Some(input), Some(output)) = (&given.input, &given.output) else { return Ok(()) };
    let (Ok(input), Ok(output)) = (input.canonicalize(), output.canonicalize()) else {
        return Ok(());
    };
    if input != output {
        return Ok(());
    }
    let message = format!("{} is input and output; name another output", output.display());
    Err(Error::Reported(message))
}

async fn input(given: &Arguments) -> Result<Box<dyn AsyncRead + Send + Unpin>, Error> {
    let Some(path) = &given.input else { return Ok(Box::new(tokio::io::stdin())) };
    let what = format!("the conversations in {} cannot be read", path.display());
    Ok(Box::new(File::open(path).await.map_err(Error::io(what))?))
}

async fn output(given: &Arguments) -> Result<Box<dyn AsyncWrite + Send + Unpin>, Error> {
    let Some(path) = &given.output else {
        return Ok(Box::new(BufWriter::new(tokio::io::stdout())));
    };
    let what = format!("the answers cannot be written to {}", path.display());
    let mut options = OpenOptions::new();
    options.create(true).write(true).append(given.resume).truncate(!given.resume);
    Ok(Box::new(BufWriter::new(options.open(path).await.map_err(Error::io(what))?)))
}

/// Cuts off the line that an interruption left unfinished; returns how many complete ones stay.
async fn keep_complete_lines(path: &Path) -> Result<u64, Error> {
    let what = format!("the answers in {} cannot be continued", path.display());
    let file = match OpenOptions::new().read(true).write(true).open(path).await {
        Ok(file) => file,
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(0),
        Err(cause) => return Err(Error::io(what)(cause)),
    };
    let mut reader = BufReader::new(file);
    let (mut lines, mut bytes) = (0, 0);
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = reader.read_until(b'\n', &mut line).await.map_err(Error::io(what.clone()))?;
        if line.last() != Some(&b'\n') {
            break;
        }
        lines += 1;
        bytes += read as u64;
    }
    reader.into_inner().set_len(bytes).await.map_err(Error::io(what))?;
    Ok(lines)
}

/// A bar on a terminal, with an end where the input is a file; elsewhere nothing.
async fn progress(given: &Arguments) -> Result<ProgressBar, Error> {
    if !io::stderr().is_terminal() {
        return Ok(ProgressBar::hidden());
    }
    let Some(path) = &given.input else { return Ok(spinner("conversations")) };
    let what = format!("the conversations in {} cannot be read", path.display());
    let lines = count_lines(path).await.map_err(Error::io(what))?;
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len}, {per_sec}, {eta} left");
    let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
    Ok(ProgressBar::new(lines).with_style(style))
}

async fn count_lines(path: &Path) -> io::Result<u64> {
    let mut reader = BufReader::with_capacity(1 << 20, File::open(path).await?);
    let (mut lines, mut open) = (0, false);
    loop {
        let chunk = reader.fill_buf().await?;
        if chunk.is_empty() {
            return Ok(lines + u64::from(open));
        }
        lines += chunk.split(|&byte| byte == b'\n').count() as u64 - 1;
        open = chunk.last() != Some(&b'\n');
        let read = chunk.len();
        reader.consume(read);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn resuming_keeps_complete_lines_only() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.ndjson");
        std::fs::write(&path, "{}\n{}\n{\"unfin").unwrap();
        assert_eq!(keep_complete_lines(&path).await.unwrap(), 2);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "{}\n{}\n");
        assert_eq!(keep_complete_lines(&folder.path().join("none")).await.unwrap(), 0);
        assert_eq!(count_lines(&path).await.unwrap(), 2);
    }
}
