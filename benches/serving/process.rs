//! A program with all its children, on cores of its own, that ends when this value does.

use std::{
    fs::File,
    os::unix::process::CommandExt as _,
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process_group};

use super::{
    Error,
    machine::{Cpu, Memory},
};

/// Time to end in an orderly way before it is killed.
const GRACE: Duration = Duration::from_secs(10);

/// The leader of a process group.
pub(crate) struct Process {
    child: Child,
    group: i32,
}

impl Process {
    /// Starts `words` in `folder` on `cores` (as `taskset` takes them), its errors going to the file `log` there.
    ///
    /// # Errors
    /// The log cannot be written, or the program `setpriv` is missing.
    pub(crate) fn start(
        words: &[String],
        variables: &[(&str, String)],
        cores: &str,
        folder: &Path,
    ) -> Result<Self, Error> {
        let mut command = Command::new("setpriv");
        // Should this program be killed, the kernel ends the other.
        command.args(["--pdeathsig", "TERM", "taskset", "--cpu-list", cores]).args(words);
        command.envs(variables.iter().map(|(key, value)| (key, value))).current_dir(folder);
        command.process_group(0).stdin(Stdio::null()).stdout(Stdio::null());
        command.stderr(File::create(folder.join("log"))?);
        let child = command
            .spawn()
            .map_err(|error| format!("setpriv cannot be run: {error}; install util-linux"))?;
        let group = i32::try_from(child.id())?;
        Ok(Self { child, group })
    }

    /// How it ended, if it has.
    pub(crate) fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    pub(crate) fn cpu(&self) -> Cpu {
        Cpu::now(self.group)
    }

    pub(crate) fn memory(&self) -> Memory {
        Memory::now(self.group)
    }

    fn signal(&self, signal: Signal) {
        // A group that is gone already needs no signal.
        let _ = Pid::from_raw(self.group).map(|group| kill_process_group(group, signal));
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.signal(Signal::TERM);
        let began = Instant::now();
        while began.elapsed() < GRACE && self.ended().is_none() {
            thread::sleep(Duration::from_millis(10));
        }
        // Workers that outlive their parent, and whatever did not listen.
        self.signal(Signal::KILL);
        let _ = self.child.wait();
    }
}
