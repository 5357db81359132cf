//! The mechanisms as the papers define them: structs and functions over numbers, with no screen
//! and no clock. Each file opens with its references, a glossary from its names to the paper's
//! letters, the shapes, and where it departs from the paper.
//!
//! Published implementations check them: see `tests/reference`.

pub mod associative;
pub mod attention;
pub mod barren_plateau;
pub mod block_quantiser;
pub mod causes;
pub mod chunked_attention;
pub mod circuits;
pub mod closed_form;
pub mod clusters;
pub mod contrast;
pub mod dream;
pub mod dyna;
pub mod forgetting;
pub mod four_rooms;
pub mod fusion;
pub mod game_of_24;
pub mod graph_layers;
pub mod heavy_tail;
pub mod hippo;
pub mod hyena;
pub mod kv_cache;
pub mod lane;
pub mod latent;
pub mod law_fit;
pub mod liquid_network;
pub mod liquid_neuron;
pub mod loss_surface;
pub mod low_rank;
pub mod mamba;
pub mod mixture;
pub mod mlp;
pub mod nearest_neighbours;
pub mod needle;
pub mod norms;
pub mod notebook;
pub mod parameters;
pub mod patch_attention;
pub mod planted;
pub mod planted_bugs;
pub mod positions;
pub mod program_graph;
pub mod quantum_kernel;
pub mod quantum_state;
pub mod rank_budget;
pub mod ranking;
pub mod recurrent;
pub mod recursive_fit;
pub mod relational_network;
pub mod relu_network;
pub mod reuploading;
pub mod rouge;
pub mod router;
pub mod scan;
pub mod selective_cell;
pub mod self_instruct;
pub mod sequence_costs;
pub mod significance;
pub mod slips;
pub mod small_world;
pub mod sparse_autoencoder;
pub mod spike_coding;
pub mod spike_energy;
pub mod spiking;
pub mod spiking_network;
pub mod state_space;
pub mod stdp;
pub mod superposition;
pub mod three_senses;
pub mod tiled_attention;
pub mod tiling;
pub mod token_bill;
pub mod trigonometric_ridge;
pub mod tuning_cost;
pub mod uneven_waves;
pub mod votes;
pub mod yardsticks;

/// Programs as trees: no loop, and compiled for size.
pub use parsing::small_python;
