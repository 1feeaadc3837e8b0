//! draft
use ingenium_codegen::{Language, Tree};
use ingenium_proof::*;
fn main() {
    let args: Vec<String> = std::env::args().collect();
    let count: usize = args[2].parse().unwrap();
    for language in Language::ALL {
        if args[1] != "all" && args[1] != language.name() {
            continue;
        }
        let tree = Tree::open(&repository().join("schemas")).unwrap();
        let folder = repository().join("target/proof").join(language.name());
        let start = std::time::Instant::now();
        let product = workshop::make(language, &tree, &folder).unwrap_or_else(|e| panic!("{e}"));
        println!("{} made in {:?}", language.name(), start.elapsed());
        let vectors = question::vectors();
        let requests = question::requests();
        let show = |name: &str, o: Result<proof::Outcome, String>| {
            let o = o.unwrap_or_else(|e| panic!("{e}"));
            println!("{name}: {} compared, {} wrong", o.compared, o.wrong.len());
            for w in o.wrong.iter().take(6) {
                println!("   {w}");
            }
        };
        show("P2", proof::round_trips(&product.codec, &vectors));
        show("P3", proof::refusals(&product.codec, &vectors, &requests));
        for &t in ingenium_types::EventType::ALL {
            show(
                "P5",
                proof::compare(&product.codec, &question::samples(t, 1, count)),
            );
        }
        show(
            "messages",
            proof::compare(&product.codec, &question::messages()),
        );
        println!("{:?}", start.elapsed());
    }
}
