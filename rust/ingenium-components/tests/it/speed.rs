//! Event time as wall-clock time.

use ingenium_components::ingestor::Pace;
use ingenium_runtime::shutdown::Shutdown;
use tokio::time::Instant;

#[tokio::test(start_paused = true)]
async fn events_pass_at_a_multiple_of_their_time() {
    let stop = Shutdown::manual();
    let at = |text: &str| text.parse().expect("a timestamp");
    let (first, second) = (at("2020-01-01T00:00:00Z"), at("2020-01-02T00:00:00Z"));
    for (speed, seconds) in [
        (None, 0),
        (Some("0"), 0),
        (Some("1"), 86_400),
        (Some("86400"), 1),
        (Some("0.5"), 172_800),
    ] {
        let mut pace = Pace::new(speed.map(|speed| speed.parse().expect("a decimal")));
        let start = Instant::now();
        for time in [first, first, second, second] {
            assert!(pace.wait(time, &stop).await);
        }
        assert_eq!(start.elapsed().as_secs(), seconds, "{speed:?}");
    }
    let mut pace = Pace::new(Some("1".parse().expect("a decimal")));
    assert!(pace.wait(first, &stop).await);
    let start = Instant::now();
    let (done, ()) = tokio::join!(pace.wait(second, &stop), async { stop.request() });
    assert!(!done && start.elapsed().is_zero(), "it stops at once");
}
