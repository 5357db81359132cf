//! Numbers that come out the same on every machine: random streams, elementary functions,
//! matrices, their factors and eigenvectors, linear systems, Fourier transforms, optimisers, least
//! squares, Legendre polynomials, statistics, Student's t.
//!
//! A shared link promises the same run, bit for bit, in a terminal and in every browser. So
//! nothing here reads a clock, iterates in an unspecified order, or calls the platform's
//! mathematical library.

pub mod cholesky;
pub mod eigen;
pub mod elementary;
pub mod fourier;
pub mod half;
pub mod least_squares;
pub mod legendre;
pub mod linear;
pub mod matrix;
pub mod optimiser;
pub mod random;
pub mod statistics;
pub mod student;
