import Subprocess

#if canImport(System)
import System
#else
import SystemPackage
#endif

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A headless Chromium with one page, driven by the DevTools protocol
/// (<https://chromedevtools.github.io/devtools-protocol/>) over a pair of pipes.
public final class Browser {
    private let input: StandardInputWriter
    private var output: SubprocessOutputSequence.Iterator
    private var received: [UInt8] = []
    private var session: String?
    private var lastID = 0
    /// What the browser said without being asked.
    private var events: [JSONValue] = []

    /// Messages end with a zero byte.
    private static let end: UInt8 = 0

    private init(input: StandardInputWriter, output: SubprocessOutputSequence.Iterator) {
        self.input = input
        self.output = output
    }

    /// Starts a browser with an empty page, and ends it after `body`.
    public static func run(_ body: (Browser) async throws -> Void) async throws {
        let profile = "/tmp/niks3-browser-\(UUID().uuidString.prefix(13))"
        defer { try? FileManager.default.removeItem(atPath: profile) }
        // It reads from descriptor 3 and writes to 4. What it says besides is of no interest.
        let script = #"exec "$0" "$@" 3<&0 4>&1 </dev/null >/dev/null 2>&1"#
        let arguments = [
            "-c", script, "chromium", "--headless", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu",
            "--hide-scrollbars", "--no-first-run", "--disable-extensions", "--force-color-profile=srgb",
            "--font-render-hinting=none", "--user-data-dir=\(profile)", "about:blank",
        ]
        _ = try await Subprocess.run(
            .path("/bin/sh"), arguments: Arguments(arguments), input: .inputWriter, output: .sequence,
            error: .discarded
        ) { execution in
            let browser = Browser(
                input: execution.standardInputWriter, output: execution.standardOutput.makeAsyncIterator())
            try await browser.attach()
            try await body(browser)
            _ = try await browser.call("Browser.close", to: nil)
        }
    }

    private func attach() async throws {
        let target = try await call("Target.createTarget", ["url": "about:blank"], to: nil)
        guard let id = target["targetId"] else { throw BrowserError("there is no page") }
        let attached = try await call("Target.attachToTarget", ["targetId": id, "flatten": true], to: nil)
        session = attached["sessionId"]?.text
        for domain in ["Page", "Runtime", "Log", "Network"] { _ = try await call("\(domain).enable") }
        // As if somebody looked at it: only then may it use the clipboard.
        _ = try await call("Emulation.setFocusEmulationEnabled", ["enabled": true])
        _ = try await call("Page.bringToFront")
    }

    /// Calls a method of the protocol for the page.
    @discardableResult
    public func call(_ method: String, _ parameters: JSONValue = [:]) async throws -> JSONValue {
        try await call(method, parameters, to: session)
    }

    private func call(
        _ method: String, _ parameters: JSONValue = [:], to session: String?
    ) async throws -> JSONValue {
        lastID += 1
        var message: [String: JSONValue] = [
            "id": .number(Double(lastID)), "method": .text(method), "params": parameters,
        ]
        if let session { message["sessionId"] = .text(session) }
        _ = try await input.write(Array(try JSONEncoder().encode(message)) + [Self.end])
        while true {
            let reply = try await next()
            guard reply["id"]?.number == Double(lastID) else {
                events.append(reply)
                continue
            }
            if let error = reply["error"] { throw BrowserError("\(method): \(error["message"]?.text ?? "\(error)")") }
            return reply["result"] ?? [:]
        }
    }

    private func next() async throws -> JSONValue {
        while true {
            if let end = received.firstIndex(of: Self.end) {
                let message = try JSONDecoder().decode(JSONValue.self, from: Data(received[..<end]))
                received.removeSubrange(...end)
                return message
            }
            guard let buffer = try await output.next() else { throw BrowserError("it has ended") }
            buffer.withUnsafeBytes { received += Array($0) }
        }
    }

    /// Goes to an address and waits until the page is loaded.
    public func open(_ url: String) async throws {
        try await leave {
            let navigation = try await call("Page.navigate", ["url": .text(url)])
            if let problem = navigation["errorText"]?.text { throw BrowserError("\(url): \(problem)") }
        }
    }

    /// Does something that leads to another page, and waits until that is loaded.
    private func leave(_ body: () async throws -> Void) async throws {
        let loads = { (event: JSONValue) in event["method"]?.text == "Page.loadEventFired" }
        events.removeAll(where: loads)
        try await body()
        while !events.contains(where: loads) { events.append(try await next()) }
    }

    /// Runs a script in the page and waits for its promise, if it gives one.
    ///
    /// - Returns: its value.
    @discardableResult
    public func evaluate(_ script: String) async throws -> JSONValue {
        let result = try await call(
            "Runtime.evaluate",
            ["expression": .text(script), "returnByValue": true, "awaitPromise": true, "userGesture": true])
        if let problem = result["exceptionDetails"] { throw BrowserError("\(problem)") }
        return result["result"]?["value"] ?? .null
    }

    /// Presses keys, one after the other.
    public func press(_ key: String, code: Int, text: String? = nil, shift: Bool = false) async throws {
        var parameters: [String: JSONValue] = [
            "type": "keyDown", "key": .text(key), "code": .text(key), "windowsVirtualKeyCode": .number(Double(code)),
            "modifiers": shift ? 8 : 0,
        ]
        if let text { parameters["text"] = .text(text) }
        try await call("Input.dispatchKeyEvent", .object(parameters))
        parameters["type"] = "keyUp"
        parameters["text"] = nil
        try await call("Input.dispatchKeyEvent", .object(parameters))
    }

    /// Gives the window a size, in CSS pixels.
    public func resize(width: Int, height: Int) async throws {
        try await call(
            "Emulation.setDeviceMetricsOverride",
            [
                "width": .number(Double(width)), "height": .number(Double(height)), "deviceScaleFactor": 1,
                "mobile": false,
            ])
    }

    /// Prefers light or dark pages.
    public func prefer(dark: Bool) async throws {
        try await call(
            "Emulation.setEmulatedMedia",
            ["features": [["name": "prefers-color-scheme", "value": dark ? "dark" : "light"]]])
    }

    /// Takes a picture of the whole page and keeps it in `.build/screenshots`.
    ///
    /// - Returns: its size, in bytes of PNG.
    @discardableResult
    public func screenshot(_ name: String) async throws -> Int {
        let picture = try await call("Page.captureScreenshot", ["format": "png", "captureBeyondViewport": true])
        guard let data = picture["data"]?.text.flatMap({ Data(base64Encoded: $0) }) else {
            throw BrowserError("there is no picture")
        }
        let directory = #filePath.dropLast("Tests/TestServices/Browser/Browser.swift".count) + ".build/screenshots"
        try FileManager.default.createDirectory(atPath: String(directory), withIntermediateDirectories: true)
        try data.write(to: URL(filePath: "\(directory)/\(name).png"))
        return data.count
    }

    /// What the page was refused, and what went wrong in its scripts, so far.
    public var complaints: [String] {
        events.compactMap { event in
            switch event["method"]?.text {
            case "Log.entryAdded": event["params"]?["entry"]?["text"]?.text
            case "Runtime.exceptionThrown": event["params"]?["exceptionDetails"].map { "\($0)" }
            default: nil
            }
        }
    }

    /// The addresses that the page has asked for, so far.
    public var requests: [String] {
        events.filter { $0["method"]?.text == "Network.requestWillBeSent" }
            .compactMap { $0["params"]?["request"]?["url"]?.text }
    }
}

/// Why the browser does not do what it should.
public struct BrowserError: Error, CustomStringConvertible {
    /// In one sentence.
    public let description: String

    init(_ description: String) {
        self.description = "the browser: \(description)"
    }
}

extension Browser {
    /// Runs a script that has the page go elsewhere, and waits until it is there.
    public func submit(_ script: String) async throws {
        try await leave { _ = try await evaluate("(() => { \(script) })()") }
    }
}
