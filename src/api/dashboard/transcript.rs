//! The conversation of a decision as it is kept: masked, with what the packet quotes marked.

use super::{
    marks::{Kind, Mark, Piece, pieces},
    view::count,
};
use crate::domain::{Record, Source, Speaker, StoreText, TextFeatures};

/// Texts longer than this are shown in part, unless all is asked for.
const TEXT_BYTES: usize = 4 * 1024;
/// So much of a conversation is shown, the newest first.
const ALL_BYTES: usize = 64 * 1024;
const MESSAGES: usize = 100;

/// What is shown of a conversation.
pub(super) struct Transcript {
    /// The subject line, where there is one and texts are kept.
    pub(super) subject: Option<Vec<Piece>>,
    /// Messages in order.
    pub(super) turns: Vec<Turn>,
    /// Says what is not shown; none if all is.
    pub(super) left_out: Option<String>,
    /// False if no text of it is kept.
    pub(super) is_kept: bool,
}

/// One message.
pub(super) struct Turn {
    /// Its place in the conversation, from 1.
    pub(super) number: usize,
    pub(super) speaker: Speaker,
    pub(super) pieces: Vec<Piece>,
    /// Only its beginning is shown.
    pub(super) is_cut: bool,
}

/// How much is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// What can be read at a glance.
    Glance,
    /// Everything.
    Whole,
}

impl Transcript {
    pub(super) fn new(record: &Record, extent: Extent) -> Self {
        let is_kept = record.store_text != StoreText::Nothing;
        let marks = |message, text| marks(record, message, text);
        let subject = record.features.subject.as_ref().filter(|_| is_kept);
        let subject = subject.map(|text| pieces(&text.masked, &marks(None, text)));
        let (mut room, mut turns, mut hidden) = (ALL_BYTES, Vec::new(), 0);
        for (place, text) in record.features.messages.iter().enumerate().rev() {
            if extent == Extent::Glance && (turns.len() >= MESSAGES || room == 0) {
                hidden = place + 1;
                break;
            }
            let most = if extent == Extent::Whole { usize::MAX } else { TEXT_BYTES.min(room) };
            let marks = marks(u32::try_from(place).ok(), text);
            let turn = Turn::new(place + 1, text, &marks, most);
            room = room.saturating_sub(text.masked.len());
            turns.push(turn);
        }
        turns.reverse();
        let cut = turns.iter().filter(|turn| turn.is_cut).count();
        let left_out = (hidden + cut > 0).then(|| left_out(hidden, cut));
        Self { subject, turns, left_out, is_kept }
    }
}

fn left_out(hidden: usize, cut: usize) -> String {
    let number = |n: usize| count(n as u64);
    match (hidden, cut) {
        (0, cut) => format!("Long messages are cut short ({}).", number(cut)),
        (hidden, 0) => format!("The first {} messages are not shown.", number(hidden)),
        (hidden, cut) => format!(
            "The first {} messages are not shown, and {} long ones are cut short.",
            number(hidden),
            number(cut)
        ),
    }
}

impl Turn {
    fn new(number: usize, text: &TextFeatures, marks: &[Mark], most: usize) -> Self {
        let end = text.masked.floor_char_boundary(most);
        let shown = text.masked.get(..end).unwrap_or_default();
        let pieces = pieces(shown, marks);
        Self { number, speaker: text.speaker, pieces, is_cut: end < text.masked.len() }
    }
}

/// Everything that the packet quotes from a text.
fn marks(record: &Record, message: Option<u32>, text: &TextFeatures) -> Vec<Mark> {
    let packet = &record.packet;
    let problem = packet.problem.iter().flat_map(|quote| &quote.sources);
    let problem = problem.map(|source| (*source, Kind::Problem));
    let evidence = packet.evidence.iter().map(|item| (item.source, Kind::Evidence(item.kind)));
    let steps = (1..).zip(&packet.whats_been_done);
    let steps = steps.map(|(number, step)| (step.source, Kind::Step(number)));
    let here = |(source, _): &(Source, Kind)| source.message == message;
    let found = problem.chain(evidence).chain(steps).filter(here);
    found.map(|(source, kind)| Mark { range: text.masked_range(source.span), kind }).collect()
}
