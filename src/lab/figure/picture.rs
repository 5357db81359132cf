//! What a PNG says besides its pixels: how large they are, and the address that it came from.

/// Pixels on a metre where one is a CSS px, of which an inch has 96.
const PER_METRE: f64 = 96.0 / 0.0254;

/// Where a PNG takes further chunks: behind its signature and its header.
pub const PLACE: usize = 8 + 25;

/// The chunks for a picture with `scale` pixels for each px of its drawing: `pHYs`, by which editors give
/// it the drawing's size, and an `iTXt` with `source`.
#[must_use]
pub fn chunks(scale: u64, source: &str) -> Vec<u8> {
    let density = (PER_METRE * scale as f64).round() as u32;
    let mut physical = Vec::with_capacity(9);
    physical.extend(density.to_be_bytes());
    physical.extend(density.to_be_bytes());
    // The unit: the metre.
    physical.push(1);
    // A keyword, its end, not compressed, no language, no translated keyword.
    let text = ["Source".as_bytes(), &[0, 0, 0, 0, 0], source.as_bytes()].concat();
    [chunk(*b"pHYs", &physical), chunk(*b"iTXt", &text)].concat()
}

/// A picture with its chunks.
#[must_use]
pub fn described(png: &[u8], scale: u64, source: &str) -> Vec<u8> {
    let (before, after) = png.split_at(PLACE.min(png.len()));
    [before, &chunks(scale, source), after].concat()
}

fn chunk(name: [u8; 4], content: &[u8]) -> Vec<u8> {
    let named = [&name, content].concat();
    let length = (content.len() as u32).to_be_bytes();
    [&length, &*named, &check(&named).to_be_bytes()].concat()
}

/// The CRC of ISO 3309 that ends a chunk.
fn check(bytes: &[u8]) -> u32 {
    let mut sum = u32::MAX;
    for byte in bytes {
        sum ^= u32::from(*byte);
        for _ in 0..8 {
            sum = if sum & 1 == 1 { 0xedb8_8320 ^ (sum >> 1) } else { sum >> 1 };
        }
    }
    !sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checks_are_those_of_the_standard() {
        assert_eq!(check(b"123456789"), 0xcbf4_3926);
        // The last chunk of every PNG.
        assert_eq!(chunk(*b"IEND", &[]), [0, 0, 0, 0, b'I', b'E', b'N', b'D', 0xae, 0x42, 0x60, 0x82]);
    }

    #[test]
    fn the_page_puts_chunks_at_their_place() {
        assert!(include_str!("../../web/save.js").contains(&format!("blob.slice(0, {PLACE})")));
    }

    #[test]
    fn a_picture_at_two_pixels_has_192_to_the_inch() {
        let chunks = chunks(2, "https://example.org/?k=2");
        assert_eq!(chunks[..8], [0, 0, 0, 9, b'p', b'H', b'Y', b's']);
        assert_eq!(u32::from_be_bytes([chunks[8], chunks[9], chunks[10], chunks[11]]), 7559);
        assert!(chunks.windows(24).any(|part| part == b"https://example.org/?k=2"));
    }
}
