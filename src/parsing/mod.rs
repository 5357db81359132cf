//! What reads the texts that models work on. Nobody waits for it in a loop: of the models it is the part
//! that is compiled for size and not for speed.

pub mod small_python;
