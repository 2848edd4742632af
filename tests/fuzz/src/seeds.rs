//! Writes what a target starts from into a folder: `seeds TARGET FOLDER`; without arguments, lists the targets.

mod targets;

fn main() -> std::io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let (Some(name), Some(folder)) = (arguments.next(), arguments.next()) else {
        targets::TARGETS.iter().for_each(|target| println!("{}", target.name));
        return Ok(());
    };
    std::fs::create_dir_all(&folder)?;
    for target in targets::TARGETS.iter().filter(|target| target.name == name) {
        for (number, seed) in (target.seeds)().iter().enumerate() {
            std::fs::write(format!("{folder}/{number}"), seed)?;
        }
    }
    Ok(())
}
