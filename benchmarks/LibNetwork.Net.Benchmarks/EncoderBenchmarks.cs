using BenchmarkDotNet.Attributes;
using LibNetwork.Linux.Netlink;

namespace LibNetwork.Benchmarks;

/// <summary>Writing and reading netlink messages: the memory column must stay empty.</summary>
[MemoryDiagnoser]
public class EncoderBenchmarks
{
    private readonly byte[] _buffer = new byte[512];
    private int _length;

    [GlobalSetup]
    public void Setup() => _length = WriteLink();

    [Benchmark]
    public int WriteLink()
    {
        NetlinkMessageWriter writer = new(_buffer, type: 16, NetlinkFlags.Request | NetlinkFlags.Create, sequence: 1);
        writer.WriteFamilyHeader(16);
        writer.WriteString(3, "veth1234567");
        writer.WriteAttribute(4, 1500u);
        NestedStart info = writer.BeginNested(18);
        writer.WriteString(1, "veth");
        writer.EndNested(info);
        return writer.Complete().Length;
    }

    [Benchmark]
    public uint ReadLink()
    {
        uint sum = 0;
        NetlinkMessageReader reader = new(_buffer.AsSpan(0, _length));
        while (reader.TryRead(out NetlinkMessage message))
        {
            NetlinkAttributeReader attributes = message.Attributes(16);
            while (attributes.TryRead(out NetlinkAttribute attribute))
            {
                sum += attribute.Type;
            }
        }

        return sum;
    }
}
