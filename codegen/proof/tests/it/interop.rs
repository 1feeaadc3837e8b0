//! Programs that know the names on the wire and nothing of ours.

use ingenium_proof::repository;
use ingenium_proof::workshop::run;

#[test]
fn structs_of_the_prototype_read_our_events_and_are_read() {
    let folder = repository().join("codegen/interop/prototype");
    let words = |line: &str| -> Vec<String> { line.split(' ').map(str::to_owned).collect() };
    let offline = [("GOFLAGS".to_owned(), "-mod=readonly".to_owned())];
    run(&words("go vet ./..."), &folder, &offline).unwrap_or_else(|error| panic!("{error}"));
    run(&words("go test ./..."), &folder, &offline).unwrap_or_else(|error| panic!("{error}"));
}
