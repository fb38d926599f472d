//! The dialogue: what people go on to say, what is asked back, what is refused, and how answers are composed.

mod composing;
mod rulers;
mod stories;
