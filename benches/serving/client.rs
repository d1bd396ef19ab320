//! One keep-alive connection.

use std::{net::SocketAddr, time::Duration};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::{
    Request, StatusCode,
    client::conn::http1::{SendRequest, handshake},
    header::{CONTENT_TYPE, HOST},
};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpStream, time::timeout};

use super::{Error, contender::Contender};

/// An answer that takes longer is none.
const PATIENCE: Duration = Duration::from_mins(1);

/// What became of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// 200, with everything in it.
    Answered,
    /// 200, but the model did not read it, or the record is not durable.
    Degraded,
    /// 503: the server says that it has too much to do.
    Refused,
    /// Anything else, or no answer.
    Failed,
}

/// A connection that is opened when first needed and again after a failure.
pub(crate) struct Client {
    address: SocketAddr,
    path: &'static str,
    is_baton: bool,
    sender: Option<SendRequest<Full<Bytes>>>,
}

impl Client {
    pub(crate) fn new(address: SocketAddr, contender: &Contender) -> Self {
        let (path, is_baton) = (contender.path(), contender.is_baton());
        Self { address, path, is_baton, sender: None }
    }

    /// Sends one request and reads the whole answer.
    pub(crate) async fn ask(&mut self, body: Bytes) -> Outcome {
        let Ok(Ok((status, answer))) = timeout(PATIENCE, self.post(body)).await else {
            self.sender = None;
            return Outcome::Failed;
        };
        let has = |words: &str| answer.windows(words.len()).any(|part| part == words.as_bytes());
        match status {
            // Only Baton has ways to answer a bit: the peers answer or do not.
            StatusCode::OK if self.is_baton && has("\"degraded\":[\"") => Outcome::Degraded,
            StatusCode::OK => Outcome::Answered,
            StatusCode::SERVICE_UNAVAILABLE => Outcome::Refused,
            _ => Outcome::Failed,
        }
    }

    async fn post(&mut self, body: Bytes) -> Result<(StatusCode, Bytes), Error> {
        let request = Request::post(self.path)
            .header(HOST, "127.0.0.1")
            .header(CONTENT_TYPE, "application/json")
            .body(Full::new(body))?;
        let mut sender = match self.sender.take() {
            Some(sender) if !sender.is_closed() => sender,
            _ => connect(self.address).await?,
        };
        sender.ready().await?;
        let answer = sender.send_request(request).await?;
        let status = answer.status();
        let body = answer.into_body().collect().await?.to_bytes();
        self.sender = Some(sender);
        Ok((status, body))
    }
}

#[expect(clippy::disallowed_methods, reason = "a connection ends with its sender")]
async fn connect(address: SocketAddr) -> Result<SendRequest<Full<Bytes>>, Error> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let (sender, connection) = handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    Ok(sender)
}
