namespace LibNetwork.Stores.Sqlite;

/// <summary>The file is damaged, or no store at all.</summary>
internal sealed class DamagedFileException(string problem, Exception? inner = null) : Exception(problem, inner);
