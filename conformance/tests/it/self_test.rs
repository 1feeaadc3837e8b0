//! Each mutant fails exactly the checks that name it, and sound components pass.

use std::path::Path;

use ingenium_conformance::self_test::{Plan, self_test};

const HEADER: &str = "\
# Kill matrix

Written by the tests from conformance/cases and conformance/mutants:
`INGENIUM_BLESS=1 cargo test -p ingenium-conformance self_test`.

A mutant is a sound component with one fault. The judge is right when each mutant fails exactly the checks that its
fault breaks, when each check that is scored has a mutant that fails it, and when sound components pass.
`ingenium conform self-test` runs all of them, and the reference components beside them. A warning counts as a failure
here. A mutant that accepts everything and does nothing, `M-NULL`, passes no check about what is emitted.

";

/// Whether the page is to be written.
fn bless() -> bool {
    ingenium_runtime::environment::Environment::of_process()
        .get("INGENIUM_BLESS")
        .is_some()
}

/// Runs beside each other: mostly they wait for something.
const AT_ONCE: usize = 6;

#[tokio::test(flavor = "multi_thread")]
async fn each_mutant_fails_exactly_the_checks_that_name_it() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let plan = Plan {
        mutant: vec![env!("CARGO_BIN_EXE_ingenium-mutant").to_owned()],
        sound: Vec::new(),
        output: folder.path().to_owned(),
        at_once: AT_ONCE,
    };
    let matrix = self_test(&plan).await.expect("every mutant can be judged");
    assert!(matrix.rows.len() > 100, "{}", matrix.rows.len());
    assert_eq!(
        matrix.problems(),
        Vec::<String>::new(),
        "{}",
        matrix.summary()
    );
    let page = format!("{HEADER}{}", matrix.markdown());
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/reference/kill-matrix.md");
    if bless() {
        std::fs::write(&file, &page).expect("the page is written");
    }
    let written = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        written == page,
        "docs/reference/kill-matrix.md is stale: INGENIUM_BLESS=1 writes it"
    );
}
