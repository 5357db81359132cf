//! What a round of federated averaging sends, in the clear and under masks.
//!
//! References: McMahan et al. 2017, arXiv:1602.05629, section 3 (the two networks for MNIST); Bonawitz et al.
//! 2017, eprint 2017/281 (the width of a masked number).
//!
//! Names and letters: `numbers` d, `clients` K, `bits` b. Under masks a number has to hold the sum of all:
//! b + log₂ K bits, rounded up.
//!
//! Departures: keys and the shares that make up for clients that leave are not counted.

use numerics::elementary::log2;

/// A fully connected layer, or a convolution, with its biases: inputs of each output, and outputs.
const fn layer(inputs: u64, outputs: u64) -> u64 {
    inputs * outputs + outputs
}

/// Two hidden layers of 200 units for pictures of 28 × 28 ("2NN").
pub const TWO_LAYERS: u64 = layer(784, 200) + layer(200, 200) + layer(200, 10);

/// Two convolutions of 5 × 5 with 32 and 64 channels, each followed by pooling, and 512 units.
pub const CONVOLUTIONS: u64 = layer(25, 32) + layer(25 * 32, 64) + layer(7 * 7 * 64, 512) + layer(512, 10);

/// Bits of a number under masks.
#[must_use]
pub fn masked_bits(bits: f64, clients: f64) -> f64 {
    // A sum of one client has nothing to hold beyond its own number.
    bits + (log2(clients) - 1e-9).ceil().max(0.0)
}

/// Bytes that one client sends in a round.
#[must_use]
pub fn bytes(numbers: f64, bits: f64) -> f64 {
    numbers * bits / 8.0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Published: the sizes of the two networks.
    #[test]
    fn the_networks_have_their_published_sizes() {
        assert_eq!([TWO_LAYERS, CONVOLUTIONS], [199_210, 1_663_370]);
    }

    #[test]
    fn a_masked_number_holds_the_sum_of_all() {
        let held = [1.0, 2.0, 1024.0, 1025.0, 16384.0].map(|clients| masked_bits(16.0, clients));
        assert_eq!(held, [16.0, 17.0, 26.0, 27.0, 30.0]);
        assert!((bytes(116.0, 32.0) - 464.0).abs() < 1e-12);
    }
}
