//! The `baton` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    match baton::cli::run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            use std::io::Write as _;
            // If standard error is gone, the exit code still tells.
            let _ = writeln!(std::io::stderr(), "baton: {error}");
            ExitCode::FAILURE
        }
    }
}
