//! One sentence on what a change did, for the live region and for screen readers.
