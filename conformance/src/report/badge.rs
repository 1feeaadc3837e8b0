//! A badge, and the same for the endpoint of shields.io.

use serde_json::json;

use super::Report;

/// Left and right text, and the colour of the right half.
fn words(report: &Report) -> (String, String, &'static str) {
    let (good, all) = report.score();
    let left = format!("Ingenium {}", report.contract);
    let right = format!("{} {} · {good}/{all}", report.role, report.profile);
    let colour = match (&report.claim, report.conformant) {
        (Some(_), _) => "#2e7d32",
        (None, true) => "#9e7700",
        (None, false) => "#b3261e",
    };
    (left, right, colour)
}

/// `badge.json`, as shields.io's endpoint badge reads it.
pub(super) fn endpoint(report: &Report) -> String {
    let (label, message, color) = words(report);
    let badge = json!({
        "schemaVersion": 1, "label": label, "message": message, "color": color, "isError": !report.conformant,
    });
    format!("{badge}\n")
}

/// `badge.svg`.
pub(super) fn svg(report: &Report) -> String {
    let (left, right, colour) = words(report);
    // Wide enough for any font: about seven pixels a character at eleven points.
    let width = |text: &str| text.chars().count() * 7 + 12;
    let (first, second) = (width(&left), width(&right));
    let (all, middle, other) = (first + second, first / 2, first + second / 2);
    let (left, right) = (escape(&left), escape(&right));
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{all}\" height=\"20\" role=\"img\" \
         aria-label=\"{left}: {right}\">\n<title>{left}: {right}</title>\n\
         <clipPath id=\"r\"><rect width=\"{all}\" height=\"20\" rx=\"3\"/></clipPath>\n<g clip-path=\"url(#r)\">\n\
         <rect width=\"{first}\" height=\"20\" fill=\"#444\"/>\n\
         <rect x=\"{first}\" width=\"{second}\" height=\"20\" fill=\"{colour}\"/>\n</g>\n\
         <g fill=\"#fff\" text-anchor=\"middle\" font-family=\"Verdana,DejaVu Sans,sans-serif\" font-size=\"11\">\n\
         <text x=\"{middle}\" y=\"14\">{left}</text>\n<text x=\"{other}\" y=\"14\">{right}</text>\n</g>\n</svg>\n"
    )
}

/// Text inside XML.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
    out
}
