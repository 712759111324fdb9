extension SettingsDocument.Entry {
    private func problem(_ kind: String) -> SettingsDocument.Problem {
        SettingsDocument.Problem(line: line, text: "\(key) must be \(kind)")
    }

    func string() throws(SettingsDocument.Problem) -> String {
        guard case .string(let text) = value, !text.isEmpty else { throw problem("a string with something in it") }
        return text
    }

    func strings() throws(SettingsDocument.Problem) -> [String] {
        switch value {
        case .string(let text): return [text]
        case .strings(let texts): return texts
        default: throw problem("a string or a list of strings")
        }
    }

    func boolean() throws(SettingsDocument.Problem) -> Bool {
        guard case .boolean(let flag) = value else { throw problem("true or false") }
        return flag
    }

    func integer(in range: ClosedRange<Int>) throws(SettingsDocument.Problem) -> Int {
        guard case .integer(let number) = value, range.contains(number) else {
            throw problem("a number between \(range.lowerBound) and \(range.upperBound)")
        }
        return number
    }
}
