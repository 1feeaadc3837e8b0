//! The partition of an event, as Kafka's Java clients choose it.

use ingenium_contract::CloudEvent;

/// Partitions of a topic of Knative's Kafka broker, unless its ConfigMap says otherwise.
const PARTITIONS: u32 = 10;

/// The partition of an event. Without `partitionkey` Kafka takes any: here always the first.
pub(crate) fn of(event: &CloudEvent) -> u32 {
    event.extension_text("partitionkey").map_or(0, |key| {
        (murmur2(key.as_bytes()) & 0x7fff_ffff) % PARTITIONS
    })
}

/// MurmurHash2 with the seed of Kafka's `DefaultPartitioner`.
fn murmur2(data: &[u8]) -> u32 {
    const M: u32 = 0x5bd1_e995;
    const SEED: u32 = 0x9747_b28c;
    let mix = |word: u32| {
        let word = word.wrapping_mul(M);
        (word ^ (word >> 24)).wrapping_mul(M)
    };
    // Kafka hashes 32-bit lengths: its keys are shorter.
    let mut hash = SEED ^ u32::try_from(data.len()).unwrap_or(u32::MAX);
    let mut words = data.chunks_exact(4);
    for word in &mut words {
        let word = u32::from_le_bytes(word.try_into().unwrap_or_default());
        hash = hash.wrapping_mul(M) ^ mix(word);
    }
    let rest = words.remainder();
    if !rest.is_empty() {
        for (index, &byte) in rest.iter().enumerate() {
            hash ^= u32::from(byte) << (8 * index);
        }
        hash = hash.wrapping_mul(M);
    }
    hash = (hash ^ (hash >> 13)).wrapping_mul(M);
    hash ^ (hash >> 15)
}

#[cfg(test)]
mod tests {
    use ingenium_contract::CloudEvent;

    use super::{murmur2, of};

    /// Values of `UtilsTest.testMurmur2` in Apache Kafka.
    #[test]
    fn hashes_are_kafkas() {
        for (text, hash) in [
            ("21", -973_932_308),
            ("foobar", -790_332_482),
            ("a-little-bit-long-string", -985_981_536),
            ("a-little-bit-longer-string", -1_486_304_829),
            (
                "lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8",
                -58_897_971,
            ),
            ("abc", 479_470_107),
        ] {
            assert_eq!(murmur2(text.as_bytes()), i32::cast_unsigned(hash), "{text}");
        }
    }

    /// Seen on a topic with ten partitions.
    #[test]
    fn partitions_are_kafkas() {
        for (key, partition) in [("key0", 4), ("key1", 0), ("key2", 1), ("5", 0)] {
            let mut event = CloudEvent::json("1", "/s", "t", b"{}".to_vec());
            event.set_extension("partitionkey", key);
            assert_eq!(of(&event), partition, "{key}");
        }
    }
}
