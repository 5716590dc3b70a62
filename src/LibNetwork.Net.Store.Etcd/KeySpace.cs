using Google.Protobuf;

namespace LibNetwork.Stores.Etcd;

/// <summary>Where the store's keys are among all of etcd's: data below one folder, the marks of commits below another, which no watcher of data sees.</summary>
internal sealed class KeySpace(string prefix)
{
    private readonly string _data = $"{prefix}/k/";
    private readonly string _marks = $"{prefix}/commits/";

    public ByteString DataKey(string key) => ByteString.CopyFromUtf8(_data + key);

    public ByteString MarkKey(Guid session, int number) => ByteString.CopyFromUtf8($"{_marks}{session:N}/{number}");

    public string NameOf(ByteString dataKey) => dataKey.ToStringUtf8()[_data.Length..];

    /// <summary>The first key behind all that begin with a key.</summary>
    public static ByteString EndOf(ByteString start)
    {
        byte[] end = start.ToByteArray();
        int last = end.Length - 1;
        end[last]++;   // the keys are UTF-8, whose bytes are never the largest
        return ByteString.CopyFrom(end);
    }
}
