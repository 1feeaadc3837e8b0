//! How many events a second go through a broker, each on disk before its 202 and acknowledged by every subscriber.
//!
//! Publishers and subscribers speak HTTP with as little as they can, on the cores of the broker: what is measured is the
//! broker, its store and the loopback device.
#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use ingenium_broker::{Broker, Config, Mode, Trigger};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::Notify;
use tokio::time::Instant;

/// Connections of publishers; each waits for its 202 before it sends the next event.
const PUBLISHERS: usize = 64;

/// A payload of 400 bytes.
const SIZE: usize = 400;

fn main() {
    let each = std::env::args()
        .filter_map(|word| word.parse().ok())
        .next()
        .unwrap_or(600);
    for subscribers in [0, 1, 5] {
        let rate = run(subscribers, each);
        println!("{subscribers} subscribers: {rate:.0} events/s");
    }
}

fn runtime() -> Runtime {
    Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
}

/// The broker on a thread of its own, as in a process of its own; everybody else on another.
#[expect(
    clippy::disallowed_methods,
    reason = "a thread stands for the broker's process; it is joined"
)]
fn run(subscribers: usize, each: usize) -> f64 {
    let folder = tempfile::tempdir().expect("a folder");
    let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let config = Config::new(
        folder.path().join("broker.db"),
        listen,
        "ns",
        "b",
        Mode::Fifo,
    );
    let arrived = Arc::new(Arrivals::default());
    let (ready, address) = std::sync::mpsc::channel();
    let done = Arc::new(Notify::new());
    let (served, counted) = (Arc::clone(&done), Arc::clone(&arrived));
    let load = runtime();
    let addresses: Vec<SocketAddr> = load.block_on(async {
        let mut addresses = Vec::new();
        for _ in 0..subscribers {
            addresses.push(subscribe(Arc::clone(&counted)).await);
        }
        addresses
    });
    let broker = std::thread::spawn(move || {
        runtime().block_on(async {
            let broker = Broker::open(config).await.expect("the broker opens");
            for (number, address) in addresses.into_iter().enumerate() {
                let url = format!("http://{address}/");
                let trigger = Trigger::new("ns", format!("t{number}"), "b", url);
                broker.apply_trigger(trigger).await.expect("a trigger");
            }
            broker.start_dispatch();
            ready.send(broker.address()).expect("somebody waits");
            served.notified().await;
            broker.shutdown().await;
        });
    });
    let broker_address = address.recv().expect("an address");
    let start = Instant::now();
    load.block_on(async {
        let publishers: Vec<_> = (0..PUBLISHERS)
            .map(|number| tokio::spawn(publish(broker_address, number, each)))
            .collect();
        for publisher in publishers {
            publisher.await.expect("no panic");
        }
        println!("  published in {:?}", start.elapsed());
        arrived.wait(PUBLISHERS * each * subscribers).await;
    });
    let took = start.elapsed();
    done.notify_one();
    broker.join().expect("no panic");
    (PUBLISHERS * each) as f64 / took.as_secs_f64()
}

#[derive(Default)]
struct Arrivals {
    count: AtomicUsize,
    more: Notify,
}

impl Arrivals {
    async fn wait(&self, wanted: usize) {
        loop {
            let more = self.more.notified();
            if self.count.load(Ordering::Acquire) >= wanted {
                return;
            }
            drop(tokio::time::timeout(std::time::Duration::from_millis(20), more).await);
        }
    }
}

async fn publish(broker: SocketAddr, number: usize, each: usize) {
    let mut stream = TcpStream::connect(broker).await.expect("listens");
    stream.set_nodelay(true).expect("set");
    let data = "x".repeat(SIZE - 10);
    let body = format!("{{\"a\":\"{data}\"}}");
    let mut answer = [0; 4096];
    for event in 0..each {
        let request = format!(
            "POST /ns/b HTTP/1.1\r\nhost: {broker}\r\nce-specversion: 1.0\r\nce-id: {number}-{event}\r\nce-source: /bench\r\n\
             ce-type: bench.event\r\nce-partitionkey: {number}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).await.expect("written");
        let read = stream.read(&mut answer).await.expect("an answer");
        assert!(
            answer[..read].starts_with(b"HTTP/1.1 202"),
            "{}",
            String::from_utf8_lossy(&answer[..read])
        );
    }
}

async fn subscribe(arrived: Arc<Arrivals>) -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .await
        .expect("loopback");
    let address = listener.local_addr().expect("bound");
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, Arc::clone(&arrived)));
        }
    });
    address
}

async fn serve(mut stream: TcpStream, arrived: Arc<Arrivals>) {
    stream.set_nodelay(true).expect("set");
    let mut buffer = Vec::with_capacity(8192);
    loop {
        if stream.read_buf(&mut buffer).await.unwrap_or(0) == 0 {
            return;
        }
        while let Some(end) = whole(&buffer) {
            buffer.drain(..end);
            arrived.count.fetch_add(1, Ordering::Release);
            arrived.more.notify_one();
            if stream
                .write_all(b"HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n")
                .await
                .is_err()
            {
                return;
            }
        }
    }
}

/// Where the first request ends, if it is all there.
fn whole(buffer: &[u8]) -> Option<usize> {
    let head = buffer.windows(4).position(|end| end == b"\r\n\r\n")? + 4;
    let text = std::str::from_utf8(&buffer[..head]).ok()?;
    let length = text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.trim().parse::<usize>().ok())?
    })?;
    (buffer.len() >= head + length).then_some(head + length)
}
