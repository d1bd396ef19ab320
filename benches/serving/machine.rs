//! What the kernel says of processes and of the machine, read from `/proc`.

use std::fs;

/// `/proc` counts CPU time in hundredths of a second on every Linux.
const TICKS_PER_S: f64 = 100.0;

/// CPU seconds since some fixed time; only differences mean something.
#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::struct_field_names, reason = "all are seconds")]
pub(crate) struct Cpu {
    /// All processes of the server.
    pub(crate) server_s: f64,
    /// This process.
    pub(crate) generator_s: f64,
    /// The whole machine, and what its host took away.
    pub(crate) machine_s: f64,
}

impl Cpu {
    /// Reads all three; `group` is the process group of the server.
    pub(crate) fn now(group: i32) -> Self {
        let server_s = processes(group).iter().map(|process| process.cpu_s).sum();
        let own = fs::read_to_string("/proc/self/stat").unwrap_or_default();
        let machine = fs::read_to_string("/proc/stat").unwrap_or_default();
        Self {
            server_s,
            generator_s: Process::parse(&own).map_or(0.0, |own| own.cpu_s),
            machine_s: busy_s(&machine),
        }
    }

    /// What was spent since `earlier`.
    pub(crate) fn since(self, earlier: Self) -> Self {
        Self {
            server_s: self.server_s - earlier.server_s,
            generator_s: self.generator_s - earlier.generator_s,
            machine_s: self.machine_s - earlier.machine_s,
        }
    }

    /// Seconds of neither the server nor the generator.
    pub(crate) fn other_s(self) -> f64 {
        (self.machine_s - self.server_s - self.generator_s).max(0.0)
    }
}

/// Resident memory of all processes of a group; pages that they share count for each.
#[derive(Debug, Clone, Copy, Default, serde::Serialize)]
pub(crate) struct Memory {
    pub(crate) resident_mb: f64,
    pub(crate) peak_mb: f64,
}

impl Memory {
    pub(crate) fn now(group: i32) -> Self {
        let mut memory = Self::default();
        for process in processes(group) {
            let path = format!("/proc/{}/status", process.id);
            // A process may end between two reads.
            let status = fs::read_to_string(path).unwrap_or_default();
            memory.resident_mb += status_mb(&status, "VmRSS:");
            memory.peak_mb += status_mb(&status, "VmHWM:");
        }
        memory
    }
}

/// One line of `/proc/ID/stat`.
#[derive(Debug, PartialEq)]
pub(crate) struct Process {
    pub(crate) id: i32,
    pub(crate) group: i32,
    /// Its own CPU time and that of its children that have ended.
    pub(crate) cpu_s: f64,
}

impl Process {
    pub(crate) fn parse(stat: &str) -> Option<Self> {
        // The name stands in brackets and may hold anything, brackets too.
        let (head, tail) = stat.rsplit_once(')')?;
        let id = head.split_whitespace().next()?.parse().ok()?;
        let fields: Vec<&str> = tail.split_whitespace().collect();
        let group = fields.get(2)?.parse().ok()?;
        let mut ticks = 0.0;
        for field in fields.get(11..15)? {
            ticks += field.parse::<f64>().ok()?;
        }
        Some(Self { id, group, cpu_s: ticks / TICKS_PER_S })
    }
}

fn processes(group: i32) -> Vec<Process> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    entries
        .flatten()
        .filter(|entry| {
            entry.file_name().to_string_lossy().starts_with(|c: char| c.is_ascii_digit())
        })
        .filter_map(|entry| fs::read_to_string(entry.path().join("stat")).ok())
        .filter_map(|stat| Process::parse(&stat))
        .filter(|process| process.group == group)
        .collect()
}

/// CPU seconds of `/proc/stat`'s first line: everything but idle and waiting for disks.
pub(crate) fn busy_s(stat: &str) -> f64 {
    let fields = stat.lines().next().unwrap_or_default().split_whitespace().skip(1);
    let ticks: Vec<f64> = fields.filter_map(|field| field.parse().ok()).collect();
    // user, nice, system, idle, iowait, irq, softirq, steal; guests are part of user.
    let busy = [0, 1, 2, 5, 6, 7];
    busy.iter().filter_map(|at| ticks.get(*at)).sum::<f64>() / TICKS_PER_S
}

fn status_mb(status: &str, key: &str) -> f64 {
    let line = status.lines().find(|line| line.starts_with(key));
    let kb = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<f64>().ok());
    kb.unwrap_or(0.0) / 1024.0
}

/// The processor's name and what it can do for 8-bit products.
pub(crate) fn processor() -> String {
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let value = |key: &str| {
        let line = text.lines().find(|line| line.starts_with(key))?;
        Some(line.split_once(':')?.1.trim().to_owned())
    };
    let name = value("model name").unwrap_or_else(|| "unknown processor".to_owned());
    let flags = value("flags").or_else(|| value("Features")).unwrap_or_default();
    let wanted = ["avx2", "avx512f", "avx512_vnni", "avx_vnni", "amx_int8", "asimddp", "i8mm"];
    let has: Vec<&str> = flags.split_whitespace().filter(|flag| wanted.contains(flag)).collect();
    format!(
        "{name} ({})",
        if has.is_empty() { "no vector flags".to_owned() } else { has.join(", ") }
    )
}

/// Memory of the machine.
pub(crate) fn memory_gb() -> f64 {
    let text = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    status_mb(&text, "MemTotal:") / 1024.0
}

/// The kernel's release.
pub(crate) fn kernel() -> String {
    fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default().trim().to_owned()
}
