import ArgumentParser

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

@main
struct Main {
    static func main() async {
        let arguments = ArgumentSpelling.normalized(Array(CommandLine.arguments.dropFirst()))
        let status: ExitStatus
        do {
            var command = try Niks3.parseAsRoot(arguments)
            if let command = command as? any InterruptibleCommand {
                status = await command.runUntilInterrupted()
            } else {
                try command.run()
                status = .success
            }
        } catch {
            status = ExitStatus(reporting: error)
        }
        exit(status.rawValue)
    }
}
