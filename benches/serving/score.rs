//! `baton score` on many short conversations, against the service's own peak.

use std::{
    fs::{self, File},
    io::{BufWriter, Write as _},
    time::{Duration, Instant},
};

use serde_json::json;
use tokio::time::sleep;

use super::{
    Bench, Error,
    contender::Contender,
    load::Load,
    machine::Memory,
    process::Process,
    report::{Section, table},
    workload::Kind,
};

/// How often memory is looked at.
const LOOK: Duration = Duration::from_millis(500);

/// Writes the conversations, scores them, and asks the service the same.
///
/// # Errors
/// The program fails or the files cannot be written.
pub(crate) async fn score(bench: &Bench) -> Result<Section, Error> {
    let baton = Contender::Baton { cached: false };
    let full = Load::Closed { connections: bench.connections, pause: Duration::ZERO };
    let (served, _) = bench.window(&baton, Kind::Short, full).await?;

    let folder = bench.places.work.join("score");
    fs::create_dir_all(&folder)?;
    let (input, output) = (folder.join("in.ndjson"), folder.join("out.ndjson"));
    let mut file = BufWriter::new(File::create(&input)?);
    for number in 0..bench.lines {
        for body in bench.material.requests(Kind::Short, &baton, number) {
            file.write_all(&body)?;
            file.write_all(b"\n")?;
        }
    }
    file.into_inner()?.sync_all()?;

    let words = baton.score_command(&bench.places, &input, &output);
    let log = folder.join("log");
    let began = Instant::now();
    let variables = baton.variables(&bench.places);
    let mut process = Process::start(&words, &variables, &bench.cores, &folder)?;
    let before = process.cpu();
    let (mut memory, mut cpu): (Vec<Memory>, _) = (Vec::new(), before);
    let status = loop {
        if let Some(status) = process.ended() {
            break status;
        }
        memory.push(process.memory());
        cpu = process.cpu();
        sleep(LOOK).await;
    };
    let took = began.elapsed().as_secs_f64();
    if !status.success() {
        let log = fs::read_to_string(&log).unwrap_or_default();
        return Err(format!("baton score ended with {status}: {}", log.trim()).into());
    }
    let answers = fs::read_to_string(&output)?;
    let wrong = answers.lines().filter(|line| line.starts_with("{\"line\":")).count();
    let found = answers.lines().count();
    fs::remove_dir_all(&folder)?;

    let per_s = found as f64 / took;
    let quarter = memory.get(memory.len() / 4).copied().unwrap_or_default();
    let end =
        memory.iter().rev().find(|memory| memory.resident_mb > 0.0).copied().unwrap_or_default();
    let other = cpu.since(before).other_s() / took;
    let rows = [
        ("lines in, answers, errors among them", format!("{}, {found}, {wrong}", bench.lines)),
        ("time, its start included", format!("{took:.1} s: {per_s:.1}/s")),
        ("the service on the same texts", format!("{:.1}/s", served.answered_per_s)),
        ("score against service", format!("{:.2}", per_s / served.answered_per_s)),
        (
            "resident memory at a quarter, at the end, most",
            format!(
                "{:.0} MB, {:.0} MB, {:.0} MB",
                quarter.resident_mb, end.resident_mb, end.peak_mb
            ),
        ),
        ("other cores", format!("{other:.2}")),
    ];
    let rows = rows.map(|(name, value)| vec![name.to_owned(), value]);
    let markdown =
        format!("## baton score, short conversations\n\n{}", table(&["figure", "value"], &rows));
    let json = json!({
        "lines": bench.lines, "answers": found, "errors": wrong, "seconds": took, "per_s": per_s,
        "service_per_s": served.answered_per_s, "resident_mb_at_a_quarter": quarter.resident_mb,
        "resident_mb_at_the_end": end.resident_mb, "peak_mb": end.peak_mb, "other_cores": other,
    });
    Ok(Section { key: "score", markdown, json })
}
