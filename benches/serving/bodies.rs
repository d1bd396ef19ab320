//! The bodies that an open loop sends: many conversations at once, each at the pace of its turns.

use bytes::Bytes;

/// Conversations that go on at the same time. With one after the other, the next turn would be due
/// before the last is answered, which no customer does.
pub(crate) const AT_ONCE: usize = 64;

/// Request bodies, a turn of each conversation in turn.
pub(crate) struct Bodies<R> {
    requests: R,
    number: usize,
    talks: Vec<std::vec::IntoIter<Bytes>>,
    turn: usize,
}

impl<R: Fn(usize) -> Vec<Bytes>> Bodies<R> {
    /// - `requests`: the bodies of the requests that go one after the other, by number; at least
    ///   one.
    pub(crate) fn new(requests: R) -> Self {
        // Each joins at another turn, so that every moment has short transcripts and long ones.
        let join = |number| {
            let bodies: Vec<Bytes> = requests(number);
            let from = number % bodies.len().max(1);
            bodies.into_iter().skip(from).collect::<Vec<_>>().into_iter()
        };
        let talks = (0..AT_ONCE).map(join).collect();
        Self { requests, number: AT_ONCE, talks, turn: 0 }
    }

    pub(crate) fn next(&mut self) -> Bytes {
        let talk = &mut self.talks[self.turn % AT_ONCE];
        self.turn += 1;
        loop {
            if let Some(body) = talk.next() {
                return body;
            }
            *talk = (self.requests)(self.number).into_iter();
            self.number += 1;
        }
    }
}
