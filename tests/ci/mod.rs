//! `stanch ci`, on real clones of a real remote with the variables of each system.

mod events;
mod hostile;
mod init;
mod output;
mod policy;
mod rare_events;
mod world;
