using MiniRuntime.Compose.Reading;

namespace LibNetwork.Samples.Tests.Compose;

public sealed class ShellWordsTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("  a   b ", "a|b")]
    [InlineData("a 'b c' \"d e\"f", "a|b c|d ef")]
    [InlineData("a\\ b '\\' \"\\\"\\n\"", "a b|\\|\"\\n")]
    [InlineData("'' \"\"", "|")]
    public void A_line_is_split_as_a_shell_splits_it(string line, string expected)
        => Assert.Equal(expected, string.Join('|', ShellWords.Split(line)));

    [Theory]
    [InlineData("'a")]
    [InlineData("a \"b")]
    public void An_open_quote_is_an_error(string line) => Assert.Throws<FormatException>(() => ShellWords.Split(line));
}
