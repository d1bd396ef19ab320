//! From start to end: signals, tracked tasks, and a shutdown that is soft first and hard after.

use std::{future::Future, time::Duration};

use serde::{Deserialize, Serialize};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// `[shutdown]`: how the service ends. Every default is in `config/default.toml`.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Options {
    /// How long `/readyz` says no while requests are still taken, so that a load balancer can
    /// look elsewhere first.
    #[serde(with = "humantime_serde")]
    pub notice: Duration,
    /// How long requests that have begun may take after that; then they are cut off.
    #[serde(with = "humantime_serde")]
    pub grace: Duration,
}

/// Background work that ends with the service.
#[derive(Debug, Clone, Default)]
pub struct Tasks {
    tracker: TaskTracker,
    stop: CancellationToken,
}

impl Tasks {
    /// Starts work that ends by itself, or is dropped at its next wait once the service ends.
    pub fn start(&self, work: impl Future<Output = ()> + Send + 'static) {
        let stop = self.stop.clone();
        self.tracker.spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = work => {}
            }
        });
    }

    /// Stops all work and waits until it has ended.
    pub async fn stop(&self) {
        self.stop.cancel();
        self.tracker.close();
        self.tracker.wait().await;
    }
}

/// What the operating system asks of the service.
#[derive(Debug)]
pub struct Signals {
    end: Signal,
    interrupt: Signal,
    reload: Signal,
}

/// One request of the operating system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Request {
    /// SIGTERM or SIGINT: end.
    End,
    /// SIGHUP: read the policy again.
    Reload,
}

impl Signals {
    /// Listens from now on.
    ///
    /// # Errors
    /// The operating system refuses.
    pub fn listen() -> std::io::Result<Self> {
        Ok(Self {
            end: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            reload: signal(SignalKind::hangup())?,
        })
    }

    /// The next request.
    pub async fn next(&mut self) -> Request {
        tokio::select! {
            _ = self.end.recv() => Request::End,
            _ = self.interrupt.recv() => Request::End,
            _ = self.reload.recv() => Request::Reload,
        }
    }

    /// The next request to end; requests to reload are too late now.
    pub async fn end(&mut self) {
        while self.next().await != Request::End {}
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    };

    use super::*;

    #[tokio::test]
    async fn stopping_waits_for_every_task() {
        struct Gone(Arc<AtomicBool>);
        impl Drop for Gone {
            fn drop(&mut self) {
                self.0.store(true, Ordering::SeqCst);
            }
        }
        let gone = Arc::new(AtomicBool::new(false));
        let guard = Gone(gone.clone());
        let tasks = Tasks::default();
        tasks.start(async move {
            let _guard = guard;
            std::future::pending::<()>().await;
        });
        tasks.stop().await;
        assert!(gone.load(Ordering::SeqCst));
    }
}
