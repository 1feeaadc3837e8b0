//! Axes: from values to places on a picture.

use std::fmt::Write as _;

use ingenium_types::scalar::UtcTimestamp;

/// The size of every picture, in its own units; the page scales it.
pub(super) const WIDTH: f64 = 960.0;
pub(super) const HEIGHT: f64 = 260.0;

const LEFT: f64 = 64.0;
const RIGHT: f64 = 12.0;
const TOP: f64 = 12.0;
const BOTTOM: f64 = 26.0;

/// A picture whose vertical axis goes from `low` to `high`, with `count` places side by side.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plot {
    low: f64,
    high: f64,
    count: usize,
}

impl Plot {
    /// Axes that hold all `values`; a flat series gets room above and below.
    pub(super) fn over(values: impl IntoIterator<Item = f64>, count: usize) -> Self {
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for value in values {
            low = low.min(value);
            high = high.max(value);
        }
        if low > high {
            (low, high) = (0.0, 1.0);
        }
        if low == high {
            let room = if low == 0.0 { 1.0 } else { low.abs() * 0.1 };
            (low, high) = (low - room, high + room);
        }
        Self { low, high, count }
    }

    /// Where place number `index` is, from the left.
    pub(super) fn x(&self, index: usize) -> f64 {
        let steps = self.count.saturating_sub(1).max(1) as f64;
        LEFT + (WIDTH - LEFT - RIGHT) * index as f64 / steps
    }

    /// Where `value` is, from the top.
    pub(super) fn y(&self, value: f64) -> f64 {
        TOP + (HEIGHT - TOP - BOTTOM) * (self.high - value) / (self.high - self.low)
    }

    /// The distance between two places.
    pub(super) fn step(&self) -> f64 {
        (WIDTH - LEFT - RIGHT) / self.count.max(1) as f64
    }

    /// Lines and labels of both axes; `dates` has a date for each place.
    pub(super) fn axes(&self, dates: &[UtcTimestamp], label: impl Fn(f64) -> String) -> String {
        let mut svg = String::new();
        for value in ticks(self.low, self.high) {
            let y = self.y(value);
            let (from, to) = (LEFT, WIDTH - RIGHT);
            let _ = write!(
                svg,
                "<line class=\"grid\" x1=\"{from:.1}\" x2=\"{to:.1}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>\
                 <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
                LEFT - 6.0,
                y + 4.0,
                label(value)
            );
        }
        let shown = dates.len().min(6);
        for place in 0..shown {
            let index = place * dates.len().saturating_sub(1) / shown.saturating_sub(1).max(1);
            let anchor = match place {
                0 => "start",
                _ if place + 1 == shown => "end",
                _ => "middle",
            };
            let _ = write!(
                svg,
                "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\">{}</text>",
                self.x(index),
                HEIGHT - 8.0,
                day(dates[index])
            );
        }
        svg
    }

    /// A line through `values`, with a gap where there is none.
    pub(super) fn line(&self, class: &str, values: &[Option<f64>]) -> String {
        let mut path = String::new();
        let mut drawing = false;
        for (index, value) in values.iter().enumerate() {
            let Some(value) = value else {
                drawing = false;
                continue;
            };
            let command = if drawing { 'L' } else { 'M' };
            let _ = write!(path, "{command}{:.1} {:.1}", self.x(index), self.y(*value));
            drawing = true;
        }
        format!("<path class=\"{class}\" d=\"{path}\"/>")
    }

    /// The area between `values` and `base`.
    pub(super) fn area(&self, class: &str, values: &[f64], base: f64) -> String {
        let mut path = format!("M{:.1} {:.1}", self.x(0), self.y(base));
        for (index, value) in values.iter().enumerate() {
            let _ = write!(path, "L{:.1} {:.1}", self.x(index), self.y(*value));
        }
        let _ = write!(
            path,
            "L{:.1} {:.1}Z",
            self.x(values.len().saturating_sub(1)),
            self.y(base)
        );
        format!("<path class=\"{class}\" d=\"{path}\"/>")
    }
}

/// A picture with its caption, for eyes and for readers.
pub(super) fn figure(caption: &str, inside: &str) -> String {
    format!(
        "<figure><div class=\"plot\" tabindex=\"0\" role=\"group\" aria-label=\"{caption}\"><svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" \
         aria-label=\"{caption}\">{inside}</svg></div><figcaption>{caption}</figcaption></figure>\n"
    )
}

/// The day of an instant, `YYYY-MM-DD`.
pub(super) fn day(at: UtcTimestamp) -> String {
    at.to_string().chars().take(10).collect()
}

/// About four round values from `low` to `high`.
fn ticks(low: f64, high: f64) -> Vec<f64> {
    let rough = (high - low) / 4.0;
    let power = 10_f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 2.5, 5.0, 10.0]
        .into_iter()
        .map(|factor| factor * power)
        .find(|step| *step >= rough)
        .unwrap_or(rough);
    let first = (low / step).ceil();
    (0..=10)
        .map(|place| (first + f64::from(place)) * step)
        .take_while(|value| *value <= high)
        // Minus zero has a sign that nobody wants to read.
        .map(|value| value + 0.0)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_have_round_values() {
        assert_eq!(ticks(0.0, 1.0), [0.0, 0.25, 0.5, 0.75, 1.0]);
        assert_eq!(ticks(-0.26, 0.0), [-0.2, -0.1, 0.0]);
        assert_eq!(
            ticks(97_000.0, 143_000.0),
            [100_000.0, 120_000.0, 140_000.0]
        );
    }

    #[test]
    fn a_flat_series_has_room() {
        for value in [0.0, 5.0, -3.0] {
            let plot = Plot::over([value; 3], 3);
            assert!(
                plot.y(value) > TOP && plot.y(value) < HEIGHT - BOTTOM,
                "{value}"
            );
        }
        assert!(Plot::over([], 0).y(0.5).is_finite());
    }
}
