//! Which crate may use which: the table of docs/ARCHITECTURE.md, compared with what cargo sees.

use std::collections::BTreeMap;

use cargo_metadata::{DependencyKind, MetadataCommand};

/// Level and allowed workspace dependencies of each crate. Development edges may go to any lower level.
const ALLOWED: &[(&str, u8, &[&str])] = &[
    ("ingenium-codegen", 0, &[]),
    ("ingenium-types", 0, &[]),
    ("ingenium-contract", 1, &["ingenium-types"]),
    ("ingenium-trading", 1, &["ingenium-types"]),
    (
        "ingenium-runtime",
        2,
        &["ingenium-types", "ingenium-contract"],
    ),
    (
        "ingenium-fuzz",
        2,
        &["ingenium-types", "ingenium-contract", "ingenium-codegen"],
    ),
    (
        "ingenium",
        3,
        &[
            "ingenium-types",
            "ingenium-contract",
            "ingenium-trading",
            "ingenium-runtime",
        ],
    ),
    (
        "ingenium-broker",
        3,
        &["ingenium-types", "ingenium-contract", "ingenium-runtime"],
    ),
    (
        "ingenium-conformance",
        3,
        &["ingenium-types", "ingenium-contract", "ingenium-runtime"],
    ),
    (
        "ingenium-proof",
        3,
        &[
            "ingenium-types",
            "ingenium-contract",
            "ingenium-codegen",
            "ingenium-fuzz",
        ],
    ),
    (
        "ingenium-components",
        4,
        &[
            "ingenium",
            "ingenium-types",
            "ingenium-contract",
            "ingenium-trading",
            "ingenium-runtime",
        ],
    ),
    (
        "ingenium-cli",
        6,
        &[
            "ingenium",
            "ingenium-broker",
            "ingenium-codegen",
            "ingenium-components",
            "ingenium-conformance",
            "ingenium-contract",
            "ingenium-runtime",
            "ingenium-trading",
            "ingenium-types",
        ],
    ),
    ("xtask", 7, &["ingenium-codegen"]),
];

/// One crate uses another.
struct Edge<'a> {
    from: &'a str,
    to: &'a str,
    development: bool,
}

fn violations(edges: &[Edge<'_>]) -> Vec<String> {
    let rules: BTreeMap<&str, (u8, &[&str])> = ALLOWED
        .iter()
        .map(|(name, level, may)| (*name, (*level, *may)))
        .collect();
    let mut found = Vec::new();
    for Edge {
        from,
        to,
        development,
    } in edges
    {
        let (Some((from_level, may)), Some((to_level, _))) = (rules.get(from), rules.get(to))
        else {
            found.push(format!(
                "{from} -> {to}: a crate is not in the table of tidy/edges.rs"
            ));
            continue;
        };
        let allowed = if *development {
            to_level < from_level
        } else {
            may.contains(to)
        };
        if !allowed {
            found.push(format!(
                "{from} may not use {to}: see the table in docs/ARCHITECTURE.md"
            ));
        }
    }
    found
}

#[test]
fn crates_use_only_what_they_may() {
    let metadata = MetadataCommand::new()
        .manifest_path(super::root().join("Cargo.toml"))
        .no_deps()
        .exec();
    let metadata = metadata.expect("cargo metadata");
    let names: Vec<&str> = metadata
        .packages
        .iter()
        .map(|package| package.name.as_str())
        .collect();
    let listed: Vec<&str> = ALLOWED.iter().map(|(name, ..)| *name).collect();
    for name in &names {
        assert!(
            listed.contains(name),
            "{name} is not in the table of tidy/edges.rs"
        );
    }
    let mut edges = Vec::new();
    for package in &metadata.packages {
        for dependency in package
            .dependencies
            .iter()
            .filter(|dependency| names.contains(&dependency.name.as_str()))
        {
            let development = dependency.kind == DependencyKind::Development;
            edges.push(Edge {
                from: package.name.as_str(),
                to: &dependency.name,
                development,
            });
        }
    }
    assert!(
        edges.len() > 20,
        "cargo metadata shows the workspace's edges"
    );
    assert_eq!(violations(&edges), Vec::<String>::new());
}

#[test]
fn the_architecture_page_has_the_same_table() {
    let page = std::fs::read_to_string(super::root().join("docs/ARCHITECTURE.md"))
        .expect("docs/ARCHITECTURE.md");
    for (name, level, may) in ALLOWED {
        let row = page
            .lines()
            .find(|line| line.starts_with(&format!("| {level} | `{name}` ")));
        let row = row
            .unwrap_or_else(|| panic!("docs/ARCHITECTURE.md has no row `| {level} | `{name}` …`"));
        let cell = row.split('|').nth(4).unwrap_or_default();
        let shown: Vec<&str> = cell
            .split(',')
            .map(|part| part.trim().trim_matches('`'))
            .filter(|part| *part != "–")
            .collect();
        assert_eq!(
            shown, *may,
            "docs/ARCHITECTURE.md, row {name}, column `may use`"
        );
    }
}

#[test]
fn a_forbidden_edge_is_found() {
    let upwards = Edge {
        from: "ingenium-types",
        to: "ingenium-contract",
        development: false,
    };
    let judge_uses_accused = Edge {
        from: "ingenium-conformance",
        to: "ingenium",
        development: false,
    };
    let development_upwards = Edge {
        from: "ingenium-types",
        to: "ingenium-contract",
        development: true,
    };
    let unknown = Edge {
        from: "ingenium-types",
        to: "ingenium-new",
        development: false,
    };
    for edge in [upwards, judge_uses_accused, development_upwards, unknown] {
        assert_eq!(violations(&[edge]).len(), 1);
    }
}
