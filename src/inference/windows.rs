//! Long texts are read through overlapping windows.

use std::ops::Range;

/// One window over the tokens of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Window {
    /// The tokens that the encoder sees.
    pub(super) tokens: Range<usize>,
    /// The tokens whose vectors are taken from this window: those that stand more central here
    /// than in the neighbouring window.
    pub(super) keep: Range<usize>,
}

/// Covers `count` tokens with windows of at most `size` that share at least `overlap` tokens.
///
/// Every token is kept by exactly one window. The last window reaches back to be as long as the
/// others, so that its tokens have neighbours to be understood by. `overlap` is at most half of
/// `size`.
pub(super) fn windows(count: usize, size: usize, overlap: usize) -> Vec<Window> {
    let step = size.saturating_sub(overlap).max(1);
    let mut windows: Vec<Window> = Vec::with_capacity(count / step + 1);
    let mut start = 0;
    while start + size < count {
        push(&mut windows, start..start + size);
        start += step;
    }
    if count > 0 {
        push(&mut windows, count.saturating_sub(size)..count);
    }
    windows
}

/// Adds a window and divides what it shares with the one before in the middle.
fn push(windows: &mut Vec<Window>, tokens: Range<usize>) {
    let mut from = tokens.start;
    if let Some(before) = windows.last_mut() {
        from = usize::midpoint(tokens.start, before.tokens.end);
        before.keep.end = from;
    }
    windows.push(Window { keep: from..tokens.end, tokens });
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_short_text_is_one_window() {
        assert_eq!(windows(0, 10, 2), []);
        assert_eq!(windows(10, 10, 2), [Window { tokens: 0..10, keep: 0..10 }]);
    }

    #[test]
    fn what_two_windows_share_is_divided_in_the_middle() {
        let want = [
            Window { tokens: 0..10, keep: 0..8 },
            Window { tokens: 6..16, keep: 8..14 },
            Window { tokens: 12..22, keep: 14..22 },
        ];
        assert_eq!(windows(22, 10, 4), want);
    }

    proptest! {
        #[test]
        fn every_token_is_kept_once_by_a_window_that_sees_it(
            count in 0usize..3_000,
            size in 14usize..510,
            part in 0usize..=50,
        ) {
            let overlap = size * part / 100;
            let mut next = 0;
            for window in windows(count, size, overlap) {
                prop_assert!(window.tokens.len() <= size);
                prop_assert_eq!(window.keep.start, next);
                prop_assert!(window.keep.end > window.keep.start);
                prop_assert!(window.tokens.start <= window.keep.start);
                prop_assert!(window.keep.end <= window.tokens.end);
                next = window.keep.end;
            }
            prop_assert_eq!(next, count);
        }
    }
}
