//! Patterns of `LIKE` (clause 3.4.3).

/// A pattern: `%` stands for any characters, `_` for one, `\%` and `\_` for themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern(Vec<Part>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Any,
    One,
    Exactly(char),
}

impl Pattern {
    pub(super) fn new(text: &str) -> Self {
        let mut parts = Vec::new();
        let mut characters = text.chars().peekable();
        while let Some(character) = characters.next() {
            let escaped = characters
                .next_if(|next| character == '\\' && ['%', '_'].contains(next))
                .map(Part::Exactly);
            parts.push(escaped.unwrap_or(match character {
                '%' => Part::Any,
                '_' => Part::One,
                other => Part::Exactly(other),
            }));
        }
        Self(parts)
    }

    /// Whether the whole text is of this form. Where a part does not fit, only the last `%` takes one character more,
    /// so that the time is at most the product of the lengths.
    pub(super) fn matches(&self, text: &str) -> bool {
        let (mut part, mut at) = (0, 0);
        let mut retry: Option<(usize, usize)> = None;
        loop {
            let next = text[at..].chars().next();
            match (self.0.get(part), next) {
                (Some(Part::Any), _) => {
                    part += 1;
                    retry = Some((part, at));
                    continue;
                }
                (Some(Part::One), Some(character)) => {
                    (part, at) = (part + 1, at + character.len_utf8());
                    continue;
                }
                (Some(Part::Exactly(wanted)), Some(character)) if *wanted == character => {
                    (part, at) = (part + 1, at + character.len_utf8());
                    continue;
                }
                (None, None) => return true,
                _ => {}
            }
            let Some((after_any, start)) = retry else {
                return false;
            };
            let Some(taken) = text[start..].chars().next() else {
                return false;
            };
            (part, at) = (after_any, start + taken.len_utf8());
            retry = Some((part, at));
        }
    }
}
